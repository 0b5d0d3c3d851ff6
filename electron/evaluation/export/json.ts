import { type ExportWriter, elements, openWith } from './export-writer.ts';

/** The whole run and its rows, in Assay's own format. */
export const jsonWriter: ExportWriter = {
	extension: 'json',
	head: (run) => openWith({ format: 'assay-evaluation', version: 1, run }, 'rows'),
	rows: (rows, { first }) =>
		elements(
			rows.map(({ arm, sample, position, epoch, scores, ...row }) => ({
				armId: arm.id,
				position,
				epoch,
				key: sample.key,
				input: sample.input,
				target: sample.target,
				output: row.output,
				answer: row.answer,
				failure: row.failure,
				detail: row.detail,
				scores: Object.fromEntries(scores.map(({ scorer, value, explanation }) => [scorer, { value, explanation }])),
				promptTokens: row.promptTokens,
				completionTokens: row.completionTokens,
				stopReason: row.stopReason,
				ms: row.ms,
			})),
			first,
		),
	tail: () => '\n]}\n',
};
