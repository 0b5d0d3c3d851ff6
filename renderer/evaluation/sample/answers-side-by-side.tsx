import type { Answer, RowDetail } from '../../../electron/contract/evaluation/schema.ts';
import { handScorer } from '../../../electron/contract/evaluation/scorer-name.ts';
import { DiffText, type DiffTone } from '../../design/diff-text.tsx';
import { FailureCard } from '../../design/failure-card.tsx';
import { formatCount, formatSeconds, phraseSeparator } from '../../design/format.ts';
import { Scroller } from '../../design/scroll-area.tsx';
import { diffWords } from '../../design/word-diff.ts';
import { t } from '../../messages/t.ts';
import { formatPlain } from '../score-format.ts';
import type { ArmSide } from './arm-side.ts';
import { HandScoring } from './hand-score.tsx';
import { isExplainedByBadge, ScoreBadge, ScoreSymbol } from './score-badge.tsx';
import type { ScoreScale } from './score-scale.ts';
import { ToolRounds } from './tool-rounds.tsx';

/** The answers side by side: words that only one of them has are highlighted, with their scores and their cost. */
export function AnswersSideBySide({
	detail,
	sides,
	scorer,
	scoreScale,
}: {
	detail: RowDetail;
	sides: readonly ArmSide[];
	scorer: string;
	scoreScale: ScoreScale;
}) {
	const shown = sides.flatMap((side) => {
		const answer = detail.answers.find(({ armId }) => armId === side.armId);
		return answer === undefined ? [] : [{ side, answer }];
	});
	const [first, second] = shown;
	return (
		<div className="grid auto-cols-fr overflow-hidden rounded-[8px] border border-line min-[720px]:grid-flow-col">
			{shown.map(({ side, answer }, index) => (
				<section
					key={side.armId}
					aria-label={t('Answer of {label}', { label: side.label })}
					className="flex min-w-0 flex-col border-line not-first:border-t min-[720px]:not-first:border-t-0 min-[720px]:not-first:border-l"
				>
					<header className="flex h-8 flex-none items-center gap-1.5 pr-1.5 pl-3 text-xs">
						<span className="min-w-0 flex-1 truncate text-ink-3" title={`${side.label} ${side.detail}`}>
							<span className="mr-1.5 font-medium text-ink">{side.label}</span>
							{side.detail}
						</span>
						<ScoreBadge answer={answer} scorer={side.scorer ?? scorer} kind={scoreScale.kind} />
					</header>
					{answer.failure === null ? null : (
						<div className="px-3 pb-2">
							<FailureCard title={t('The answer failed')} failure={answer.failure} />
						</div>
					)}
					{answer.choices.length > 0 ? <ChoiceTable answer={answer} /> : null}
					{hasCalls(answer) ? (
						<ToolRounds rounds={answer.rounds} label={t('Answer of {label}', { label: side.label })} />
					) : null}
					{answer.choices.length > 0 || hasCalls(answer) || (answer.output === '' && answer.failure !== null) ? null : (
						<Scroller label={t('Answer of {label}', { label: side.label })} className="max-h-80 flex-none px-3 py-0.5">
							{answer.output === '' ? (
								<p className="text-xs text-ink-3">
									{/* The badge above says that it was not answered yet. */}
									{answer.status === null ? '\u00A0' : t('Empty answer')}
								</p>
							) : canDiff(first?.answer, second?.answer) ? (
								<DiffText
									mono
									runs={diffWords(
										first?.answer.output ?? '',
										(index === 0 ? second : shown[index])?.answer.output ?? '',
									)}
									side={index === 0 ? 'before' : 'after'}
									tone={toneOf(answer, shown[index === 0 ? 1 : 0]?.answer, side.scorer ?? scorer)}
								/>
							) : (
								<p className="foreign font-mono text-xs whitespace-pre-wrap" dir="auto">
									{answer.output}
								</p>
							)}
						</Scroller>
					)}
					<Scores answer={answer} scorer={side.scorer ?? scorer} />
					<span className="flex-1" />
					<div className="mt-[7px] border-t border-line px-3 py-[5px] text-xs text-ink-3 tabular-nums">
						<HandScoring
							answer={answer}
							label={shown.length > 1 ? side.label : t('this output')}
							epoch={detail.epoch}
						/>
						<p>{describeAnswerCost(answer)}</p>
					</div>
				</section>
			))}
		</div>
	);
}

function hasCalls({ rounds }: Answer): boolean {
	return rounds.some(({ calls, malformed }) => calls.length > 0 || malformed !== undefined);
}

/** Returns green for the side that a score calls right where the other is wrong, red for the other, else neutral. */
function toneOf(own: Answer, other: Answer | undefined, scorer: string): DiffTone {
	const [mine, theirs] = [own, other].map((answer) => answer?.scores.find((one) => one.scorer === scorer)?.value);
	if (mine === 1 && theirs === 0) return 'good';
	return mine === 0 && theirs === 1 ? 'bad' : 'neutral';
}

/** Whether there are two texts whose words can differ. */
function canDiff(first: Answer | undefined, second: Answer | undefined): boolean {
	return (
		first !== undefined &&
		second !== undefined &&
		first.output !== '' &&
		second.output !== '' &&
		// Choices are shown in their own tables.
		first.choices.length + second.choices.length === 0 &&
		first.output !== second.output
	);
}

function describeAnswerCost({ promptTokens, cachedTokens, completionTokens, ms, stopReason, status }: Answer): string {
	if (status === null) return '';
	return [
		cachedTokens > 0
			? t('{promptTokens, plural, one {# prompt token} other {# prompt tokens}} ({cached} cached)', {
					promptTokens,
					cached: formatCount(cachedTokens),
				})
			: t('{promptTokens, plural, one {# prompt token} other {# prompt tokens}}', { promptTokens }),
		completionTokens > 0 ? t('{tokens} output', { tokens: formatCount(completionTokens) }) : null,
		ms === null ? null : formatSeconds(ms),
		stopReason === 'max-tokens' ? t('cut off at the token limit') : null,
	]
		.filter((part) => part !== null)
		.join(phraseSeparator('comma'));
}

/** The extracted answer, the votes, and every scorer with its reason. */
function Scores({ answer, scorer }: { answer: Answer; scorer: string }) {
	const { scores, votes, output } = answer;
	const extracted = answer.answer !== null && answer.answer.trim() !== output.trim() && answer.choices.length === 0;
	const listed = scores.filter((one) => one.scorer !== scorer || (one.explanation !== '' && !isExplainedByBadge(one)));
	if (listed.length === 0 && votes.length === 0 && !extracted && answer.answer !== null) return null;
	return (
		<ul className="px-3 pt-1.5 text-xs text-ink-2">
			{extracted ? (
				<li>
					{t('Extracted answer:')} <span className="font-mono text-ink">{answer.answer}</span>
				</li>
			) : answer.answer === null && answer.status === 'done' && answer.choices.length === 0 && output !== '' ? (
				<li>{t('No answer found in the output')}</li>
			) : null}
			{votes.length === 0 ? null : <li>{t('Votes: {votes}', { votes: describeVotes(votes) })}</li>}
			{listed.map(({ scorer: name, value, explanation }) => (
				<li key={name} className="flex gap-1.5">
					<span className="flex-none pt-px">
						<ScoreSymbol value={value} failed={false} />
					</span>
					<span className="min-w-0 [overflow-wrap:anywhere]">
						<span className="text-ink-3">{name === handScorer ? t('Your score') : name}</span> {explanation}
					</span>
				</li>
			))}
		</ul>
	);
}

function describeVotes(votes: Answer['votes']): string {
	const groups = Map.groupBy(votes, ({ answer }) => answer ?? t('no answer'));
	return [...groups]
		.toSorted(([, a], [, b]) => b.length - a.length)
		.map(([answer, given]) => `${answer} × ${given.length}`)
		.join(phraseSeparator('comma'));
}

/** Likelihoods of the choices; also by length if that is why another choice won than the likeliest. */
function ChoiceTable({ answer: { choices } }: { answer: Answer }) {
	const byLength = ({ text, logLikelihood }: Answer['choices'][number]): number =>
		logLikelihood / Math.max(1, [...text].length);
	const most = Math.max(...choices.map(({ logLikelihood }) => logLikelihood));
	const lengthCounts = choices.some(({ chosen, logLikelihood }) => chosen && logLikelihood < most);
	const number = 'text-right font-mono tabular-nums';
	return (
		<table className="mx-3 mb-1 w-[calc(100%-24px)] border-collapse text-xs">
			<caption className="sr-only">{t('Likelihood of each choice')}</caption>
			<thead className="text-2xs text-ink-3">
				<tr>
					<th scope="col" className="text-left font-medium">
						{t('Choice')}
					</th>
					<th scope="col" className="text-right font-medium">
						{t('Log-likelihood, nats')}
					</th>
					{lengthCounts ? (
						<th scope="col" className="pl-3 text-right font-medium">
							{t('per character')}
						</th>
					) : null}
				</tr>
			</thead>
			<tbody>
				{choices.map((choice, index) => (
					// biome-ignore lint/suspicious/noArrayIndexKey: choices may be the same text twice
					<tr key={index} className={`border-t border-line ${choice.chosen ? 'font-medium' : ''}`}>
						<td className="py-1 pr-2 [overflow-wrap:anywhere]">
							{choice.text}
							{choice.chosen ? <span className="ml-1.5 text-accent-ink">{t('chosen')}</span> : null}
						</td>
						<td className={`py-1 ${number}`}>{formatPlain(choice.logLikelihood, 2)}</td>
						{lengthCounts ? <td className={`py-1 pl-3 ${number}`}>{formatPlain(byLength(choice), 3)}</td> : null}
					</tr>
				))}
			</tbody>
		</table>
	);
}
