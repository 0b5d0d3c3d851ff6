import { CircleAlert } from 'lucide-react';
import { useState } from 'react';
import {
	type ExtractionTrial,
	type Technique,
	type TrialSource,
	techniqueSchema,
} from '../../../electron/contract/evaluation/technique.ts';
import { useQuery } from '../../connection/use-query.ts';
import { ChoiceMenu } from '../../design/choice-menu.tsx';
import { Icon } from '../../design/icon.tsx';
import { t } from '../../messages/t.ts';

/** Pause in typing before a query, in ms. */
const typingPauseMs = 250;

/** Tries the rule on existing outputs: how often it finds an answer, and which. */
export function ExtractionTrialView({
	datasetId,
	technique,
	from,
}: {
	datasetId: number;
	technique: Technique;
	/** Arm whose outputs are used first; if omitted, the newest that fits. */
	from?: number | undefined;
}) {
	const [source, setSource] = useState<TrialSource>(from ?? null);
	// An incomplete rule finds nothing.
	const key = techniqueSchema.safeParse(technique).success ? JSON.stringify([datasetId, technique, source]) : null;
	const { data: trial, failure } = useQuery(
		key,
		(client, signal) => client.evaluations.tryExtraction({ datasetId, technique, source }, { signal }),
		typingPauseMs,
	);
	return (
		<div className="min-h-5 text-xs" role="status">
			{failure === null ? null : (
				<p className="flex items-start gap-1.5 text-bad">
					<Icon of={CircleAlert} size={12} className="mt-[3px]" />
					{failure.message}
				</p>
			)}
			{trial === undefined ? null : trial.source === null ? (
				<p className="text-ink-3">{t('Run this dataset once to try the rule on its outputs here.')}</p>
			) : (
				<Trial trial={trial} onSource={setSource} />
			)}
		</div>
	);
}

const everyArm = 'all';

function Trial({ trial, onSource }: { trial: ExtractionTrial; onSource: (source: TrialSource) => void }) {
	const { arms, source, rows } = trial;
	const looked = arms.filter(({ armId }) => source === everyArm || armId === source);
	const tried = sum(looked.map((arm) => arm.tried));
	const found = sum(looked.map((arm) => arm.found));
	return (
		<>
			<div className="mb-1.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-2">
				<span>
					{found === tried
						? t('Finds an answer in {tried, plural, one {the only output} other {all # outputs}} of', { tried })
						: t('Finds an answer in {found} of {tried, plural, one {# output} other {# outputs}} of', {
								found,
								tried,
							})}
				</span>
				{arms.length === 1 ? (
					<span>{describeArm(arms[0])}</span>
				) : (
					<ChoiceMenu
						label={t('Outputs of')}
						small
						value={String(source)}
						options={[
							{ value: everyArm, words: t('all combinations'), detail: formatShare(arms) },
							...arms.map((arm) => ({ value: String(arm.armId), words: describeArm(arm), detail: formatShare([arm]) })),
						]}
						onChange={(value) => onSource(value === everyArm ? everyArm : Number(value))}
					/>
				)}
			</div>
			<table className="w-full table-fixed border-collapse" aria-label={t('Answers that the rule finds')}>
				<thead>
					<tr className="text-2xs text-ink-3">
						<th scope="col" className="pb-1 text-left font-medium">
							{t('End of the output')}
						</th>
						<th scope="col" className="w-[26%] px-2 pb-1 text-left font-medium">
							{t('Answer')}
						</th>
						<th scope="col" className="w-[22%] pb-1 text-left font-medium">
							{t('Target')}
						</th>
					</tr>
				</thead>
				<tbody>
					{rows.map(({ armId, key, output, answer, target }) => (
						<tr key={`${armId} ${key}`} className="border-t border-line align-top">
							<td className="py-1 font-mono text-ink-2" dir="auto" title={output}>
								<span className="line-clamp-2 break-words">{takeEnd(output)}</span>
							</td>
							<td className="px-2 py-1 font-mono" dir="auto">
								{answer === null ? (
									<span className="font-sans text-warn">{t('none found')}</span>
								) : (
									<span className="line-clamp-2 break-words" title={answer}>
										{answer === '' ? <span className="font-sans text-ink-3">{t('empty')}</span> : answer}
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

function describeArm(arm: ExtractionTrial['arms'][number] | undefined): string {
	if (arm === undefined) return '';
	return arm.label === '' ? arm.run.name : `${arm.run.name}, ${arm.label}`;
}

/** Formats how many outputs have an answer: "98 of 100". */
function formatShare(arms: ExtractionTrial['arms']): string {
	const [found, tried] = [sum(arms.map((arm) => arm.found)), sum(arms.map((arm) => arm.tried))];
	return t('{found} of {tried}', { found, tried });
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}

/** Characters shown of an output: about the last two lines, where an answer usually is. */
const shown = 56;

function takeEnd(output: string): string {
	const text = output.trim().replaceAll(/\s+/g, ' ');
	return text.length > shown ? `…${text.slice(-shown)}` : text;
}
