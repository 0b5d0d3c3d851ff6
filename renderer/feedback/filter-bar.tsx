import { X } from 'lucide-react';
import { useStore } from 'zustand';
import type { FeedbackFilter, FeedbackSummary } from '../../electron/contract/feedback/schema.ts';
import { Button } from '../design/button.tsx';
import { ChoiceMenu } from '../design/choice-menu.tsx';
import { formatCount } from '../design/format.ts';
import { SearchBox } from '../design/search-box.tsx';
import { Segmented } from '../design/segmented.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { emptyFilter, isNarrowed, periodKey, periods, type ReportFilter } from './feedback-filter.ts';
import { describeReason } from './feedback-wording.ts';

const ratings: readonly { value: FeedbackFilter['rating']; label: string }[] = [
	{ value: 'any', label: t('All') },
	{ value: 'up', label: t('Good') },
	{ value: 'down', label: t('Bad') },
	{ value: 'corrected', label: t('Corrected') },
	{ value: 'suggested', label: t('To review') },
];

const dateClass =
	'h-7.5 rounded-md border border-control bg-surface px-2 text-xs tabular-nums focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-focus';

/** Filters answers by rating, model, tag, time and the text of the prompt. */
export function FeedbackFilterBar({ summary }: { summary: FeedbackSummary | null }) {
	const { feedbackReport: report } = useServices();
	const filter = useStore(report.state, (state) => state.filter);
	return (
		<div className="flex flex-none flex-wrap items-center gap-2 border-b border-line px-5 py-2.5">
			<Segmented
				label={t('Rating')}
				value={filter.rating}
				onChange={(rating) => report.change({ rating })}
				options={ratings.map((option) => ({
					...option,
					count: summary === null ? undefined : formatCount(summary.totals[option.value]),
				}))}
			/>
			<ModelChoice filter={filter} summary={summary} />
			<TagChoice filter={filter} summary={summary} />
			<ChoiceMenu
				label={t('Time')}
				value={periodKey(filter.period)}
				options={periods.map(({ key, words }) => ({ value: key, words }))}
				onChange={(key) => {
					const found = periods.find((one) => one.key === key);
					if (found !== undefined) report.change({ period: found.period });
				}}
			/>
			<Days filter={filter} />
			<SearchBox
				className="min-w-36 flex-1"
				label={t('Search prompts')}
				placeholder={t('Search prompts')}
				value={filter.prompt}
				maxLength={1000}
				onType={(prompt) => report.change({ prompt })}
			/>
			{isNarrowed(filter) ? (
				<Button kind="ghost" icon={X} onClick={() => report.change({ ...emptyFilter, rating: filter.rating })}>
					{t('Clear')}
				</Button>
			) : null}
		</div>
	);
}

type PartProps = { filter: ReportFilter; summary: FeedbackSummary | null };

const all = 'all';

function ModelChoice({ filter, summary }: PartProps) {
	const { feedbackReport: report } = useServices();
	const key = (name: string, quantization: string) => JSON.stringify([name, quantization]);
	const known = summary?.counts.map(({ modelName, quantization }) => ({ name: modelName, quantization })) ?? [];
	const { model } = filter;
	const missing =
		model !== null && !known.some((one) => one.name === model.name && one.quantization === model.quantization);
	const models = missing ? [...known, model] : known;
	return (
		<ChoiceMenu
			label={t('Model')}
			value={model === null ? all : key(model.name, model.quantization)}
			options={[
				{ value: all, words: t('All models') },
				...models.map(({ name, quantization }) => ({
					value: key(name, quantization),
					words: name === '' ? t('Unknown model') : name,
					detail: quantization,
				})),
			]}
			onChange={(value) => {
				const chosen = models.find(({ name, quantization }) => key(name, quantization) === value);
				report.change({ model: chosen ?? null });
			}}
		/>
	);
}

function TagChoice({ filter, summary }: PartProps) {
	const { feedbackReport: report } = useServices();
	const tags = summary?.tags ?? [];
	if (tags.length === 0 && filter.tag === null) return null;
	const options = tags.map(({ tag, count: n }) => ({
		value: `tag:${tag}`,
		words: describeReason(tag),
		detail: formatCount(n),
	}));
	return (
		<ChoiceMenu
			label={t('Reason')}
			value={filter.tag === null ? all : `tag:${filter.tag}`}
			options={[
				{ value: all, words: t('All reasons') },
				...options,
				...(filter.tag === null || tags.some(({ tag }) => tag === filter.tag)
					? []
					: [{ value: `tag:${filter.tag}`, words: describeReason(filter.tag) }]),
			]}
			onChange={(value) => report.change({ tag: value === all ? null : value.slice('tag:'.length) })}
		/>
	);
}

function Days({ filter: { period } }: { filter: ReportFilter }) {
	const { feedbackReport: report } = useServices();
	if (period.kind !== 'between') return null;
	return (
		<span className="flex items-center gap-1.5 text-xs text-ink-2">
			<input
				type="date"
				aria-label={t('From')}
				value={period.from}
				max={period.to}
				onChange={(event) => report.change({ period: { ...period, from: event.target.value } })}
				className={dateClass}
			/>
			{t('to', {}, 'from one day to another')}
			<input
				type="date"
				aria-label={t('To')}
				value={period.to}
				min={period.from}
				onChange={(event) => report.change({ period: { ...period, to: event.target.value } })}
				className={dateClass}
			/>
		</span>
	);
}
