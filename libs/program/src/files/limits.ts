const mebibyte = 1024 * 1024;

/** The archive as it is uploaded. */
export const packageBytesMax = 256 * mebibyte;
/** What it unpacks to, tar headers included. */
export const unpackedBytesMax = 1024 * mebibyte;
export const entriesMax = 20_000;
export const pathBytesMax = 1_024;
export const segmentBytesMax = 255;
/** Links followed one after another. */
export const linksMax = 40;
export const manifestBytesMax = 128 * 1024;
export const readmeBytesMax = 256 * 1024;
/** Text of templates, manifest and README that is kept in memory while a package is checked. */
export const textBytesMax = 16 * mebibyte;

export const manifestPath = 'yiqiu.yaml';
export const readmePath = 'README.md';
export const templatesFolder = 'templates/';
