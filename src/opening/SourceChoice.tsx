import { useRef, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { treeFromFiles, treeFromHandle } from './fileTrees.ts';
import type { HandOver } from './followHandOver.ts';
import { treeFromUrl } from './urlTree.ts';

interface SourceChoiceProps {
  readonly base: string;
  readonly onTree: (handed: HandOver, title: string) => void;
  readonly onFault: (error: unknown) => void;
}

type PickerWindow = Window & { showDirectoryPicker?: (options: object) => Promise<FileSystemDirectoryHandle> };

/** Buttons for a folder and for files, and a field for an address of this site. */
export function SourceChoice({ base, onTree, onFault }: SourceChoiceProps) {
  const folderInput = useRef<HTMLInputElement>(null);
  const fileInput = useRef<HTMLInputElement>(null);
  const pickFolder = () => {
    const picker = (window as PickerWindow).showDirectoryPicker;
    if (!picker) return folderInput.current?.click();
    picker.call(window, { id: 'occuscope', mode: 'read' }).then(
      (handle) => onTree(async () => treeFromHandle(handle), `Looking at ${handle.name}`),
      (error: unknown) => {
        if (!(error instanceof DOMException && error.name === 'AbortError')) onFault(error);
      },
    );
  };
  const takeFiles = (list: FileList | null) => {
    const files = [...(list ?? [])];
    if (files.length > 0) onTree(async () => treeFromFiles(files), 'Looking at the files');
  };
  return (
    <>
      <p>
        Drop a folder, files or a zip anywhere on the page, or choose them here: a nuScenes data root, a packaged clip,
        a sequence of your own, predictions of another program, a model package. Nothing is uploaded.
      </p>
      <div className="opening__buttons">
        <Button label="Folder…" look="solid" onClick={pickFolder} />
        <Button label="Files or zip…" look="outline" onClick={() => fileInput.current?.click()} />
        <input
          ref={folderInput}
          data-testid="folder-input"
          type="file"
          hidden
          {...{ webkitdirectory: '' }}
          onChange={(event) => takeFiles(event.target.files)}
        />
        <input
          ref={fileInput}
          data-testid="file-input"
          type="file"
          hidden
          multiple
          onChange={(event) => takeFiles(event.target.files)}
        />
      </div>
      <AddressField
        onOpen={(address) => onTree((signal) => treeFromUrl(address, base, { signal }), `Looking at ${address}`)}
      />
    </>
  );
}

function AddressField({ onOpen }: { readonly onOpen: (address: string) => void }) {
  const [address, setAddress] = useState('');
  return (
    <form
      className="opening__address"
      onSubmit={(event) => {
        event.preventDefault();
        if (address.trim()) onOpen(address);
      }}
    >
      <label>
        <span>Address of a folder or zip on this site</span>
        <input
          type="text"
          className="opening__field"
          placeholder="clips/drive.zip"
          value={address}
          onChange={(event) => setAddress(event.target.value)}
        />
      </label>
      <Button label="Open" look="outline" type="submit" />
    </form>
  );
}
