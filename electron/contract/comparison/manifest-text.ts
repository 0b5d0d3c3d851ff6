import type { ComparisonManifest } from './schema.ts';

/** Formats a manifest as text for a terminal, a note or a bug report. */
export function manifestText({ hash, parts }: ComparisonManifest): string {
	const sections = parts.map(({ title, facts }) =>
		[title, ...facts.map(({ name, value }) => `  ${name}: ${value}`)].join('\n'),
	);
	return [`Manifest ${hash}`, ...sections].join('\n\n');
}
