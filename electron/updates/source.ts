import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { errorCodeOf } from '../../models/error-code.ts';

/** Where an installed app gets its updates: written into its archive when it was packed (docs/releasing.md). */
export const updateSourceSchema = z.object({
	/** Address of the signed manifest. */
	url: z.url({ protocol: /^https$/ }),
	/** Ed25519 public keys (SPKI, DER, base64), any of which may sign. More than one while keys are exchanged. */
	publicKeys: z.array(z.base64()).min(1).max(4),
});

export type UpdateSource = z.infer<typeof updateSourceSchema>;

/** Reads the source; null if this build has none. */
export function readUpdateSource(path: string): UpdateSource | null {
	try {
		return updateSourceSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
	} catch (error) {
		if (errorCodeOf(error) === 'ENOENT') return null;
		throw error;
	}
}
