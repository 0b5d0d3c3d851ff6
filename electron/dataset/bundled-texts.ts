import { join } from 'node:path';

/**
 * The folder of the texts, documents and datasets that come with Assay: in a checkout two folders above this file, in a
 * build two above `dist/<host>/`.
 */
export const bundledTextsFolder = join(import.meta.dirname, '..', '..', 'texts');
