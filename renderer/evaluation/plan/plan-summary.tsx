import { Play } from 'lucide-react';
import type { Estimate } from '../../../electron/contract/evaluation/schema.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { formatCount, formatDuration } from '../../design/format.ts';
import { numberLocale } from '../../messages/page-locale.ts';
import { t } from '../../messages/t.ts';
import { countCombinations, describeMissing, type RunDraft, splitModels } from './run-draft.ts';
import { SummaryFrame } from './summary-frame.tsx';
import type { Estimated } from './use-plan.ts';

/** The cost of the run, warnings before it starts, and the start button. */
export function PlanSummary({
	draft,
	isFilled,
	estimated,
	refused,
	starting,
	onStart,
}: {
	draft: RunDraft;
	/** Whether the form has its first choices: before that, nothing is missing yet. */
	isFilled: boolean;
	estimated: Estimated;
	/** The reason why it did not start. */
	refused: FailureFacts | null;
	starting: boolean;
	onStart: () => void;
}) {
	const missing = describeMissing(draft);
	const failure = refused ?? estimated.failure;
	const { data: estimate } = estimated;
	return (
		<SummaryFrame
			failure={failure}
			failureTitle={t('Can’t start this run')}
			warnings={estimate?.warnings ?? []}
			button={{
				icon: Play,
				label: t('Start run'),
				busy: starting ? t('Starting') : undefined,
				blocked: missing ?? estimated.failure?.message,
				onPress: onStart,
			}}
		>
			{isFilled ? <Product draft={draft} /> : null}
			{estimate === undefined ? (
				<p className="text-xs text-ink-3">
					{missing === null
						? failure === null
							? t('Estimating …')
							: ''
						: isFilled
							? t('{missing} to see the estimate.', { missing })
							: t('Estimating …')}
				</p>
			) : (
				<Figures estimate={estimate} stale={estimated.isLoading} />
			)}
		</SummaryFrame>
	);
}

/** Most rows and columns in the small drawing of the matrix. */
const maxDrawn = 10;

/** The matrix before the run: the number of rows and columns and their contents. */
function Product({ draft }: { draft: RunDraft }) {
	const { promptVersionIds, techniques, modelFileIds, parameters, contexts = [{}] } = draft;
	const count = parameters.length;
	const parts = [
		t('{count, plural, one {# prompt} other {# prompts}}', { count: promptVersionIds.length }),
		t('{count, plural, one {# technique} other {# techniques}}', { count: techniques.length }),
		splitModels(draft).adapted.length === 0
			? t('{count, plural, one {# model} other {# models}}', { count: modelFileIds.length })
			: t('{count, plural, one {# model or adapter} other {# models and adapters}}', { count: modelFileIds.length }),
		...(count > 1 ? [t('{count, plural, one {# setting} other {# settings}}', { count })] : []),
		...(contexts.length > 1
			? [t('{count, plural, one {# context} other {# contexts}}', { count: contexts.length })]
			: []),
	];
	const all = countCombinations(draft);
	const rows = Math.min(maxDrawn, promptVersionIds.length * techniques.length * parameters.length * contexts.length);
	const columns = Math.min(maxDrawn, modelFileIds.length);
	return (
		<div className="flex items-start gap-3">
			<div className="min-w-0 flex-1">
				<h2 className="font-semibold tabular-nums">
					{t('{all, plural, one {# combination} other {# combinations}}', { all })}
				</h2>
				<p className="text-xs text-ink-2 tabular-nums">{parts.join(' × ')}</p>
			</div>
			<div
				aria-hidden
				className="grid flex-none gap-0.5 pt-1 max-[1099px]:hidden"
				style={{ gridTemplateColumns: `repeat(${Math.max(1, columns)}, 14px)` }}
			>
				{Array.from({ length: rows * columns }, (_, index) => (
					// biome-ignore lint/suspicious/noArrayIndexKey: cells without identity
					<i key={index} className="h-2.5 rounded-[2px] bg-accent-soft inset-ring inset-ring-accent/45" />
				))}
			</div>
		</div>
	);
}

function Figures({ estimate, stale }: { estimate: Estimate; stale: boolean }) {
	const { samples, calls, promptTokens, completionTokens, mostCompletionTokens, seconds } = estimate;
	const rows: (readonly [string, string])[] = [
		[t('Samples'), formatCount(samples)],
		[t('Model calls'), formatCount(calls)],
		[t('Prompt tokens'), formatRoughCount(promptTokens)],
		[
			t('Output tokens'),
			completionTokens === mostCompletionTokens
				? t('{most} at most', { most: formatRoughCount(mostCompletionTokens) })
				: t('{expected}, {most} at most', {
						expected: formatRoughCount(completionTokens),
						most: formatRoughCount(mostCompletionTokens),
					}),
		],
		[
			t('Time'),
			seconds === null
				? t('not known yet')
				: completionTokens === mostCompletionTokens
					? // Nothing is known of the length of answers yet.
						t('up to about {duration}', { duration: formatDuration(seconds * 1000) })
					: t('about {duration}', { duration: formatDuration(seconds * 1000) }),
		],
	];
	return (
		<div aria-live="polite" className={stale ? 'text-ink-3' : ''}>
			<dl className="flex flex-col gap-1 text-xs max-[1099px]:flex-row max-[1099px]:flex-wrap max-[1099px]:gap-x-4">
				{rows.map(([name, value]) => (
					<div key={name} className="flex justify-between gap-3 max-[1099px]:gap-1.5">
						<dt className="text-ink-3">{name}</dt>
						<dd className="text-right tabular-nums">{value}</dd>
					</div>
				))}
			</dl>
			<p className="mt-2 text-xs text-pretty text-ink-3 max-[1099px]:mt-1">{describeBasis(estimate)}</p>
		</div>
	);
}

/** Says where the predicted time is known from, and the longest time if it is much longer. */
function describeBasis({ basis, seconds, mostSeconds }: Estimate): string {
	if (basis === 'none') {
		return t('These models have not been measured on this computer. The time shows once the run starts.');
	}
	if (mostSeconds === null || seconds === null || mostSeconds < seconds * 1.2) {
		return basis === 'runs' ? t('From earlier runs with these models.') : t('From the speed of these models in chats.');
	}
	const most = formatDuration(mostSeconds * 1000);
	return basis === 'runs'
		? t('From earlier runs with these models; at most {most}.', { most })
		: t('From the speed of these models in chats; at most {most}.', { most });
}

/** Formats a token count at useful precision: "640", "31,000", "1.2 million". */
function formatRoughCount(tokens: number): string {
	if (tokens < 999_500) return formatCount(tokens < 1000 ? tokens : Number(tokens.toPrecision(2)));
	const digits = { minimumSignificantDigits: 2, maximumSignificantDigits: 2 };
	return t('{count} million', { count: (tokens / 1e6).toLocaleString(numberLocale(), digits) });
}
