import { CircleAlert } from 'lucide-react';
import {
	type ExtractionTrial,
	type Technique,
	techniqueSchema,
} from '../../../../../electron/contract/evaluation/technique.ts';
import { counted } from '../../../../design/format.ts';
import { Icon } from '../../../../design/icon.tsx';
import { useAnswer } from '../../../../use-answer.ts';

/** Typing is over after this long, ms. */
const typingMs = 250;

/** The rule on outputs that are there: how often it finds an answer, and which. */
export function ExtractionTrialView({ datasetId, technique }: { datasetId: number; technique: Technique }) {
	// A rule that is not written yet finds nothing.
	const key = techniqueSchema.safeParse(technique).success ? JSON.stringify([datasetId, technique]) : null;
	const { answer: trial, failure } = useAnswer(
		key,
		(client, signal) => client.evaluations.tryExtraction({ datasetId, technique }, { signal }),
		typingMs,
	);
	return (
		<div className="min-h-5 text-xs" role="status">
			{failure === null ? null : (
				<p className="flex items-start gap-1.5 text-bad">
					<Icon of={CircleAlert} size={12} className="mt-[3px]" />
					{failure.message}
				</p>
			)}
			{trial === undefined ? null : trial.run === null ? (
				<p className="text-ink-3">
					After a first run of this dataset, what the rule finds in its outputs is shown here.
				</p>
			) : (
				<Trial trial={trial} />
			)}
		</div>
	);
}

function Trial({ trial: { run, tried, found, rows } }: { trial: ExtractionTrial }) {
	return (
		<>
			<p className="mb-1.5 text-pretty text-ink-2">
				{found === tried
					? `Finds an answer in every one of ${counted(tried, 'output')}`
					: `Finds an answer in ${found} of ${counted(tried, 'output')}`}{' '}
				of {run?.name}
				{run === null || run.label === '' ? '' : `, ${run.label}`}.
			</p>
			<table className="w-full table-fixed border-collapse" aria-label="What the rule finds">
				<thead>
					<tr className="text-2xs text-ink-3">
						<th scope="col" className="pb-1 text-left font-medium">
							End of the output
						</th>
						<th scope="col" className="w-[26%] px-2 pb-1 text-left font-medium">
							Answer
						</th>
						<th scope="col" className="w-[22%] pb-1 text-left font-medium">
							Target
						</th>
					</tr>
				</thead>
				<tbody>
					{rows.map(({ key, output, answer, target }) => (
						<tr key={key} className="border-t border-line align-top">
							<td className="py-1 font-mono text-ink-2" dir="auto" title={output}>
								<span className="line-clamp-2 break-words">{endOf(output)}</span>
							</td>
							<td className="px-2 py-1 font-mono" dir="auto">
								{answer === null ? (
									<span className="font-sans text-warn">none found</span>
								) : (
									<span className="line-clamp-2 break-words" title={answer}>
										{answer === '' ? <span className="font-sans text-ink-3">empty</span> : answer}
									</span>
								)}
							</td>
							<td className="py-1 font-mono text-ink-2" dir="auto">
								<span className="line-clamp-2 break-words" title={target ?? undefined}>
									{target ?? '–'}
								</span>
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</>
	);
}

/** About two lines of the end, which is where an answer stands. */
const shown = 56;

function endOf(output: string): string {
	const text = output.trim().replaceAll(/\s+/g, ' ');
	return text.length > shown ? `…${text.slice(-shown)}` : text;
}
