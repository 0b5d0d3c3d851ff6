import { useState } from 'react';
import type { Comparison, ComparisonAnswer } from '../../electron/contract/comparison/schema.ts';
import { Select } from '../design/select.tsx';
import { t } from '../messages/t.ts';

/** Each file's answer to one prompt, with the point where it diverges from the reference. */
export function Answers({ comparison }: { comparison: Comparison }) {
	const { prompts } = comparison.plan;
	const [index, setIndex] = useState(0);
	const shown = Math.min(index, prompts.length - 1);
	const rows = comparison.rows.filter(({ answers }) => answers[shown] !== undefined);
	const reference = rows.find((row) => row.reference);
	return (
		<section aria-label={t('Answers side by side')} className="mt-4 border-t border-line pt-4">
			<div className="flex flex-wrap items-center gap-x-3 gap-y-1">
				<h2 className="text-xs font-semibold">
					{t('Answers side by side')}{' '}
					<span className="font-normal text-ink-2">
						{t('temperature 0; highlighted from the first token that differs')}
					</span>
				</h2>
				{prompts.length > 1 ? (
					<Select
						label={t('Prompt')}
						value={String(shown)}
						onChange={(value) => setIndex(Number(value))}
						options={prompts.map((prompt, at) => ({ value: String(at), words: `${at + 1}. ${shorten(prompt)}` }))}
					/>
				) : null}
			</div>
			{prompts.length > 1 && prompts[shown] === shorten(prompts[shown] ?? '') ? null : (
				<p className="mt-1 text-xs text-pretty text-ink-2">{prompts[shown]}</p>
			)}
			<dl className="mt-2 grid grid-cols-[minmax(5rem,auto)_1fr] gap-x-4">
				{rows.map((row) => (
					<div key={row.candidateId} className="col-span-2 grid grid-cols-subgrid border-t border-line py-1.5">
						<dt className="font-mono text-xs font-semibold">
							{row.name}
							<span className="block font-sans text-2xs font-normal text-ink-3">
								{row === reference ? t('Reference') : describeDivergence(row.answers[shown]!)}
							</span>
						</dt>
						<dd className="text-[13px] leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]">
							<AnswerText answer={row.answers[shown]!} whole={row === reference} />
						</dd>
					</div>
				))}
			</dl>
		</section>
	);
}

function AnswerText({ answer, whole }: { answer: ComparisonAnswer; whole: boolean }) {
	if (answer.failure !== null) return <span className="text-bad">{answer.failure.message}</span>;
	if (whole || answer.sameTokens === answer.tokens) return answer.text;
	return (
		<>
			<span className="text-ink-2">{answer.text.slice(0, answer.sameLength)}</span>
			<mark className="rounded-xs bg-warn-soft font-normal text-ink">
				{answer.text.slice(answer.sameLength) || t('(ends here)')}
			</mark>
		</>
	);
}

function describeDivergence({ failure, sameTokens, tokens }: ComparisonAnswer): string {
	if (failure !== null) return t('Failed');
	return sameTokens === tokens
		? t('Same, {tokens, plural, one {# token} other {# tokens}}', { tokens })
		: t('Differs from token {token} of {tokens}', { token: sameTokens + 1, tokens });
}

function shorten(text: string): string {
	return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
