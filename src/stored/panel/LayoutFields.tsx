import { Segments } from '../../ui/Segments.tsx';
import { Select } from '../../ui/Select.tsx';
import {
  GRID_CHOICES,
  GRID_TITLES,
  type GridChoice,
  LABEL_TABLES,
  type LabelTable,
  type StoredFlow,
  type StoredLayout,
  TABLE_TITLES,
  VOLUME_AXES,
  type VolumeAxes,
} from '../storedLayout.ts';

interface LayoutFieldsProps {
  readonly layout: StoredLayout;
  readonly onChange: (layout: StoredLayout) => void;
}

const frees = [0, 15, 16, 17, 18, 23, 255];

/** The label that each table gives empty space. */
const usualFree: Readonly<Record<LabelTable, number>> = {
  occ3d: 17,
  'occ3d-shifted': 18,
  openocc: 16,
  lidarseg: 0,
  'occ3d-waymo': 15,
  'semantic-kitti': 0,
  geometry: 0,
};

/** Everything about the layout that can be wrong, each to be put right with one click. */
export function LayoutFields({ layout, onChange }: LayoutFieldsProps) {
  const change = (part: Partial<StoredLayout>) => onChange({ ...layout, ...part });
  if (layout.form.startsWith('kitti')) return null;
  const { flow } = layout;
  return (
    <div className="stored__fields">
      <OrderFields layout={layout} change={change} />
      <Select
        label="Order of the classes"
        value={layout.table}
        options={LABEL_TABLES.map((table) => ({ value: table, label: TABLE_TITLES[table] }))}
        onChange={(table) => change({ table: table as LabelTable, free: usualFree[table as LabelTable] })}
      />
      <Select
        label="Value of free space"
        value={String(layout.free)}
        options={[...new Set([...frees, layout.free])].map((free) => ({
          value: String(free),
          label: `${free} is free`,
        }))}
        onChange={(free) => change({ free: Number(free) })}
      />
      <Select
        label="Grid"
        value={layout.grid}
        options={GRID_CHOICES.filter((grid) => grid !== 'clip' || layout.clipGrid).map((grid) => ({
          value: grid,
          label: GRID_TITLES[grid],
        }))}
        onChange={(grid) => change({ grid: grid as GridChoice })}
      />
      <Segments
        label="Axes of the grid"
        value={layout.frame}
        options={[
          { value: 'ego', label: 'Vehicle', hint: 'x ahead, y left' },
          {
            value: 'lidar',
            label: 'Lidar',
            hint: 'x right, y ahead; turned and moved by nuScenes’ nominal place of the lidar',
          },
        ]}
        onChange={(frame) => change({ frame })}
      />
      {flow && <FlowFields flow={flow} onChange={(part) => change({ flow: { ...flow, ...part } })} />}
    </div>
  );
}

interface OrderFieldsProps {
  readonly layout: StoredLayout;
  readonly change: (part: Partial<StoredLayout>) => void;
}

function OrderFields({ layout, change }: OrderFieldsProps) {
  return (
    <>
      {layout.form === 'volume' && (
        <Segments<VolumeAxes>
          label="Order of the axes, outermost first"
          value={layout.axes}
          options={VOLUME_AXES.map((axes) => ({
            value: axes,
            label: axes,
            hint: `${[...axes].join(', ')}: the last varies fastest`,
          }))}
          onChange={(axes) => change({ axes })}
        />
      )}
      {layout.form.startsWith('rows') && (
        <Segments
          label="Columns"
          value={layout.form as 'rows-xyz' | 'rows-zyx'}
          options={[
            { value: 'rows-xyz', label: 'x y z class' },
            { value: 'rows-zyx', label: 'z y x class' },
          ]}
          onChange={(form) => change({ form })}
        />
      )}
    </>
  );
}

interface FlowFieldsProps {
  readonly flow: StoredFlow;
  readonly onChange: (part: Partial<StoredFlow>) => void;
}

function FlowFields({ flow, onChange }: FlowFieldsProps) {
  return (
    <>
      <Segments
        label="Order of the flow’s components"
        value={flow.order}
        options={[
          { value: 'xy', label: 'vx, vy' },
          { value: 'yx', label: 'vy, vx' },
        ]}
        onChange={(order) => onChange({ order })}
      />
      <Segments
        label="Unit of the flow"
        value={flow.scale === 2 ? 'half' : 'second'}
        options={[
          { value: 'second', label: 'm/s' },
          { value: 'half', label: 'm per 0.5 s' },
        ]}
        onChange={(unit) => onChange({ scale: unit === 'half' ? 2 : 1 })}
      />
    </>
  );
}
