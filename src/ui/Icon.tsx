/** Stroke paths on a 16 x 16 field, drawn for this page. */
const paths = {
  play: 'M5 3.2v9.6L12.6 8z',
  pause: 'M5.2 3.5v9M10.8 3.5v9',
  'step-back': 'M10.8 3.6 5.4 8l5.4 4.4M3.6 3.6v8.8',
  'step-forward': 'm5.2 3.6 5.4 4.4-5.4 4.4M12.4 3.6v8.8',
  first: 'm8 3.6-4.4 4.4L8 12.4M12.8 3.6 8.4 8l4.4 4.4',
  last: 'm8 3.6 4.4 4.4L8 12.4M3.2 3.6 7.6 8l-4.4 4.4',
  loop: 'M3 8V6.6A2.6 2.6 0 0 1 5.6 4H12m-2-2 2 2-2 2M13 8v1.4a2.6 2.6 0 0 1-2.6 2.6H4m2 2-2-2 2-2',
  chevron: 'm6 3.6 4.4 4.4L6 12.4',
  'chevron-down': 'm3.6 6 4.4 4.4L12.4 6',
  eye: 'M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8ZM8 9.9a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8Z',
  'eye-off':
    'M2.4 2.4l11.2 11.2M6.4 4a6 6 0 0 1 1.6-.2c4 0 6.2 4.2 6.2 4.2a11 11 0 0 1-1.9 2.4M4.2 5.2A10.6 10.6 0 0 0 1.8 8S4 12.2 8 12.2c.9 0 1.7-.2 2.4-.500',
  solo: 'M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM8 9.4a1.4 1.4 0 1 0 0-2.8 1.4 1.4 0 0 0 0 2.8Z',
  help: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.3 6.3A1.75 1.75 0 0 1 8 5.1c1 0 1.7.600 1.7 1.5 0 1.2-1.7 1.3-1.7 2.5M8 11.2v.050',
  theme: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 2v12M8 4.5h4.8M8 8h6M8 11.5h4.8',
  link: 'M6.6 9.4a2.6 2.6 0 0 0 3.7 0l2.2-2.2a2.6 2.6 0 0 0-3.7-3.7l-.800.8M9.4 6.6a2.6 2.6 0 0 0-3.7 0L3.5 8.8a2.6 2.6 0 0 0 3.7 3.7l.800-.800',
  copy: 'M5.5 5.5v-2A1 1 0 0 1 6.5 2.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2M3.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z',
  close: 'm3.8 3.8 8.4 8.4m0-8.4-8.4 8.4',
  follow: 'M8 2v2.4M8 11.6V14M2 8h2.4M11.6 8H14M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6Z',
  cameras: 'M2.5 4.5a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1zM2.5 8h11M6.2 3.5v9M9.8 3.5v9',
  reset: 'M3 8a5 5 0 1 0 1.5-3.6M3 2.8v2.7h2.7',
  columns: 'M2.5 3.5h11v9h-11zM6.2 3.5v9M9.8 3.5v9',
  swipe: 'M2.5 3.5h11v9h-11zM8 2v12M6 8H4.2m.9-1.2L3.900 8l1.2 1.2M10 8h1.800m-.900-1.2L12.100 8l-1.2 1.2',
  add: 'M8 3.200v9.600M3.200 8h9.600',
  grip: 'M6 4v.05M10 4v.05M6 8v.05M10 8v.05M6 12v.05M10 12v.05',
  chart: 'M2.800 2.800v10.400h10.400M5.600 11V8M8.400 11V5.500M11.200 11V7',
  image: 'M2.500 3.500h11v9h-11zM2.500 11l3.200-3.200 2.600 2.600 1.900-1.900 3.300 3M10.500 6.200v.05',
  export: 'M8 2.500v7.500M5 7.200 8 10.200l3-3M2.800 11.500v2h10.400v-2',
  search: 'M7 11.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9ZM10.300 10.300l3.200 3.200',
  warning: 'M8 2.2 14.5 13.5h-13ZM8 6.4v3.3M8 11.6v.050',
} as const;

export type IconName = keyof typeof paths;

/** A decorative icon; the words beside it or the button's label carry the meaning. */
export function Icon({ name }: { readonly name: IconName }) {
  const isFilled = name === 'play';
  return (
    <svg
      className="icon"
      viewBox="0 0 16 16"
      aria-hidden="true"
      fill={isFilled ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth={name === 'pause' ? 2.2 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={paths[name]} />
    </svg>
  );
}
