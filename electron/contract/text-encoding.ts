import { z } from 'zod';

/** Encodings in which a text file can be read. */
export const textEncodingSchema = z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']);

export type TextEncoding = z.infer<typeof textEncodingSchema>;
