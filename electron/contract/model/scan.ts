import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';

/** A folder with model files: one that was added, or where another program usually keeps its own. */
export const modelPlaceSchema = z.object({
	/** null: not added; the usual place of a program. */
	id: z.int().nullable(),
	path: z.string(),
	/** Whose folder it usually is; null: one that a person named. */
	app: z.string().nullable(),
	exists: z.boolean(),
	/** Files of the library that lie in it. */
	files: z.int(),
	scannedAt: z.int().nullable(),
});

export const scanReportSchema = z.object({
	/** Files looked at. */
	files: z.int(),
	added: z.int(),
	/** Known already, by path or as another name of the same file. */
	known: z.int(),
	/** Listed with what is wrong with them. */
	broken: z.int(),
	/** Folders that could not be read, and why. */
	unreadable: z.array(z.object({ path: z.string(), failure: failureSchema })),
});

export type ModelPlace = z.infer<typeof modelPlaceSchema>;
export type ScanReport = z.infer<typeof scanReportSchema>;
