/** One entry of the error catalogue: what happened, in the user's words, and what they can do next. */
interface ErrorText {
  readonly sentence: string;
  readonly nextStep: string;
}

const errorTexts = {
  'gpu-missing': {
    sentence: 'This browser offers no WebGPU adapter.',
    nextStep:
      'Predictions run on the CPU instead; for speed use a recent Chrome, Edge or Safari with hardware acceleration on.',
  },
  'gpu-device-refused': {
    sentence: 'The graphics driver refused to open a WebGPU device.',
    nextStep: 'Update the driver or restart the browser; predictions run on the CPU meanwhile.',
  },
  'gpu-limit-too-small': {
    sentence: 'This GPU cannot hold a buffer that the model needs.',
    nextStep: 'Choose a smaller model or the CPU backend.',
  },
  'gpu-device-lost': {
    sentence: 'The GPU device was lost.',
    nextStep: 'Occuscope rebuilds it from the data in memory; if it happens again, close other GPU-heavy tabs.',
  },
  'model-manifest-invalid': {
    sentence: 'The model manifest is not valid.',
    nextStep: 'Fix the field named below; docs/model-package.md lists the format.',
  },
  'model-package-invalid': {
    sentence: 'The model package could not be read.',
    nextStep: 'It must be a zip with manifest.json and the files it lists; docs/model-package.md describes it.',
  },
  'model-part-invalid': {
    sentence: 'A part of the model is no ONNX file.',
    nextStep: 'Export the network to ONNX; docs/model-package.md shows how.',
  },
  'model-file-corrupt': {
    sentence: 'A model file does not match the size or checksum in its manifest.',
    nextStep: 'Reload to download it again; if it stays, the package itself is damaged.',
  },
  'model-download-failed': {
    sentence: 'A model file could not be downloaded.',
    nextStep: 'Check the connection and try again.',
  },
  'model-run-failed': {
    sentence: 'The network failed while it ran.',
    nextStep: 'Try the CPU backend and copy the report for the maintainers.',
  },
  'clip-invalid': {
    sentence: 'The clip description is not valid.',
    nextStep: 'Fix the field named below; docs/clip-format.md lists the format.',
  },
  'clip-download-failed': {
    sentence: 'A file of the clip could not be downloaded.',
    nextStep: 'Check the connection and try again.',
  },
  'archive-invalid': {
    sentence: 'The zip archive could not be read.',
    nextStep: 'Pack the folder again as a plain zip, or drop the folder itself.',
  },
  'worker-stopped': {
    sentence: 'A calculation beside the page stopped.',
    nextStep: 'It starts anew when it is needed next; reload the page if it stops again.',
  },
  'storage-full': {
    sentence: 'The browser has no room to keep this.',
    nextStep: 'It stays open in this visit; remove kept models or free space on the disk to keep it longer.',
  },
  'nothing-to-open': {
    sentence: 'Nothing in there can be opened.',
    nextStep: 'docs/opening.md lists the folders and files that Occuscope understands.',
  },
  'tables-invalid': {
    sentence: 'The nuScenes tables could not be read.',
    nextStep: 'Check that the table named below is complete; unpack the metadata archive again if it is not.',
  },
  'stored-prediction-missing': {
    sentence: 'The link names stored predictions that are not open.',
    nextStep: 'Drop their folder or zip on the page again: a link does not carry them.',
  },
  'stored-prediction-invalid': {
    sentence: 'A stored prediction does not fill its grid.',
    nextStep: 'Check that the file was saved whole, with one label for each voxel.',
  },
  'clip-file-missing': {
    sentence: 'A file of the clip is missing.',
    nextStep: 'Add the file named below to the folder and open it again.',
  },
  'file-unreadable': {
    sentence: 'A file is there but could not be read.',
    nextStep: 'Check that you may read it on this computer, and open the folder again.',
  },
  'image-missing': {
    sentence: 'This image is missing.',
    nextStep: 'Add the file to the folder and open it again; other frames play without it.',
  },
  'sequence-invalid': {
    sentence: 'The sequence cannot be opened like this.',
    nextStep: 'Change what is named below; docs/sequences.md says how images, calibration and poses are found.',
  },
  'calibration-invalid': {
    sentence: 'The calibration could not be read.',
    nextStep: 'Fix what is named below; docs/rig-format.md lists the formats.',
  },
  'poses-invalid': {
    sentence: 'The poses could not be read.',
    nextStep: 'Fix what is named below, or open the sequence without poses; docs/sequences.md lists the formats.',
  },
  'video-unreadable': {
    sentence: 'The video could not be read.',
    nextStep: 'Use a browser with WebCodecs and a codec it can decode (H.264, VP9), or turn the video into images.',
  },
  'array-file-invalid': {
    sentence: 'A NumPy file could not be read.',
    nextStep: 'Save it as .npy or .npz with plain numbers; pickles, objects and text are not opened.',
  },
  'label-file-invalid': {
    sentence: 'A label file could not be read.',
    nextStep: 'Check that it is complete and of the format that its name says; docs/formats.md lists what is read.',
  },
  'export-failed': {
    sentence: 'The export did not finish.',
    nextStep: 'Nothing was kept of it; try again or choose another format.',
  },
  'image-decode-failed': {
    sentence: 'A camera image could not be decoded.',
    nextStep: 'Check that the file is a complete JPEG or PNG.',
  },
  'image-size-unsupported': {
    sentence: 'A camera image does not have the size that is needed.',
    nextStep: 'Use the images that belong to the clip, or a model made for this shape of image.',
  },
} as const satisfies Record<string, ErrorText>;

export type ErrorCode = keyof typeof errorTexts;

/** Codes of faults that one frame has and others need not have: it cannot be predicted, and the model is not to blame. */
const frameFaults: readonly ErrorCode[] = [
  'image-missing',
  'file-unreadable',
  'image-decode-failed',
  'image-size-unsupported',
];

/** Whether an error concerns the images of one frame only. */
export function isFrameFault(error: unknown): error is OccuscopeError {
  return error instanceof OccuscopeError && frameFaults.includes(error.code);
}

/** An error with a catalogue code; `detail` names the thing concerned, `cause` keeps the technical reason. */
export class OccuscopeError extends Error {
  readonly code: ErrorCode;
  readonly sentence: string;
  readonly nextStep: string;
  readonly detail: string | null;

  constructor(code: ErrorCode, options: { detail?: string; cause?: unknown } = {}) {
    const { sentence, nextStep } = errorTexts[code];
    super(options.detail ? `${sentence} ${options.detail}` : sentence, { cause: options.cause });
    this.name = 'OccuscopeError';
    this.code = code;
    this.sentence = sentence;
    this.nextStep = nextStep;
    this.detail = options.detail ?? null;
  }
}
