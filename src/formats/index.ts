export { type InputFile, inputFile } from '../snapshot/file/input-file.js';
export { type EncodeOptions, type ExportOptions, encode, exportTo } from './export.js';
export type { Contents, Format } from './format.js';
export { openFile } from './open-file.js';
export { type ExchangeFormat, FORMATS, formatNamed, formatOfFilename } from './registry.js';
