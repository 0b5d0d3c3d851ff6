import { inputText } from '../../prompt/same-question.ts';
import { csvCell } from '../../text/csv.ts';
import { techniqueLabel } from '../arm-labels.ts';
import { type ExportWriter, modelName } from './export-writer.ts';

function line(cells: readonly (string | number | null)[]): string {
	return `${cells.map((cell) => (typeof cell === 'string' ? csvCell(cell) : String(cell ?? ''))).join(',')}\r\n`;
}

/** One line per answer, one column per scorer. */
export const csvWriter: ExportWriter = {
	extension: 'csv',
	head: (run) =>
		line([
			...[
				'combination',
				'model',
				'prompt',
				'technique',
				'sample',
				'answer_number',
				'input',
				'target',
				'output',
				'answer',
			],
			...run.scorers,
			...['failure', 'prompt_tokens', 'completion_tokens', 'ms'],
		]),
	rows: (rows, { run }) =>
		rows
			.map(({ arm, sample, epoch, scores, failure, ...row }) =>
				line([
					...[arm.label, modelName(arm), `${arm.prompt.name} v${arm.prompt.number}`, techniqueLabel(arm.technique)],
					...[sample.key, epoch + 1, inputText(sample), sample.target, row.output, row.answer],
					...run.scorers.map((name) => scores.find(({ scorer }) => scorer === name)?.value ?? null),
					...[failure?.message ?? null, row.promptTokens, row.completionTokens, row.ms],
				]),
			)
			.join(''),
	tail: () => '',
};
