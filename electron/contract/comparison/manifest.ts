import { z } from 'zod';
import { byId, call } from '../call.ts';

/** What exactly was run, for people and for whoever wants to run it again. */
export const comparisonManifestSchema = z.object({
	/** SHA-256 of all that the figures of quality and accuracy depend on: the same in two comparisons of the same. */
	hash: z.string(),
	parts: z.array(z.object({ title: z.string(), facts: z.array(z.object({ name: z.string(), value: z.string() })) })),
});

export const comparisonManifestCalls = {
	/** Hashes of files are computed where they are not known yet. */
	manifest: call.input(byId).output(comparisonManifestSchema),
};

export type ComparisonManifest = z.infer<typeof comparisonManifestSchema>;

/** As text, for a terminal, a note or a bug report. */
export function manifestText({ hash, parts }: ComparisonManifest): string {
	const sections = parts.map(({ title, facts }) =>
		[title, ...facts.map(({ name, value }) => `  ${name}: ${value}`)].join('\n'),
	);
	return [`Manifest ${hash}`, ...sections].join('\n\n');
}
