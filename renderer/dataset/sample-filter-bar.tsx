import { Ellipsis, Plus, Tag, Trash2, Waypoints, X } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { Button, iconButtonClass } from '../design/button.tsx';
import { type Choice, ChoiceMenu } from '../design/choice-menu.tsx';
import { FormDialog } from '../design/dialog.tsx';
import { formatCount, formatPercent } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
import { SearchBox } from '../design/search-box.tsx';
import { TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { changeSamples } from './change-samples.ts';
import { isChangeable } from './dataset-store.ts';
import { removeShownSamples, selectShownSamples } from './sample-actions.ts';
import { allSamples, isFiltered, type SampleListFilter } from './sample-list-store.ts';

const all = 'all';

/** Filters the samples, with actions on all that match. */
export function SampleFilterBar() {
	const { samples } = useServices();
	const filter = useStore(samples.state, (state) => state.filter);
	const facets = useStore(samples.state, (state) => state.facets);
	const splits: Choice[] = (facets?.splits ?? []).map(({ split, count: n }) => ({
		value: `=${split}`,
		words: split,
		detail: formatCount(n),
	}));
	const tags: Choice[] = (facets?.tags ?? []).map(({ tag, count: n }) => ({
		value: `=${tag}`,
		words: tag === '' ? t('No tag') : tag,
		detail: formatCount(n),
	}));
	return (
		<div className="flex flex-none flex-wrap items-center gap-2 border-b border-line px-5 py-2">
			<SearchBox
				className="min-w-16 flex-1"
				data-sample-search
				label={t('Search samples')}
				placeholder={t('Search input, target, id')}
				value={filter.text}
				maxLength={1000}
				onType={(text) => samples.change({ text })}
			/>
			{splits.length > 1 || filter.split !== null ? (
				<ChoiceMenu
					label={t('Split')}
					value={filter.split === null ? all : `=${filter.split}`}
					options={[{ value: all, words: t('All splits') }, ...withChosen(splits, filter.split)]}
					onChange={(value) => samples.change({ split: value === all ? null : value.slice(1) })}
				/>
			) : null}
			{tags.length > 0 || filter.tag !== null ? (
				<ChoiceMenu
					label={t('Tag')}
					value={filter.tag === null ? all : `=${filter.tag}`}
					options={[{ value: all, words: t('All tags') }, ...withChosen(tags, filter.tag)]}
					onChange={(value) => samples.change({ tag: value === all ? null : value.slice(1) })}
				/>
			) : null}
			<Only filter={filter} />
			{isFiltered(filter) ? (
				<Button kind="ghost" icon={X} onClick={() => samples.change(allSamples)}>
					{t('Clear')}
				</Button>
			) : null}
			<ShownCount />
			<RowActions />
		</div>
	);
}

/** Keeps the chosen option in the list even if no sample has it any more. */
function withChosen(options: readonly Choice[], chosen: string | null): readonly Choice[] {
	const value = `=${chosen ?? ''}`;
	return chosen === null || options.some((option) => option.value === value)
		? options
		: [...options, { value, words: chosen }];
}

function Only({ filter: { only, target } }: { filter: SampleListFilter }) {
	const { samples } = useServices();
	const chip =
		only !== null
			? { words: only.why, drop: { only: null } }
			: target !== null
				? { words: target === 'none' ? t('Without a target') : t('With a target'), drop: { target: null } }
				: null;
	if (chip === null) return null;
	return (
		<button
			type="button"
			aria-label={t('Clear filter: {words}', { words: chip.words })}
			onClick={() => samples.change(chip.drop)}
			className="inline-flex h-6 items-center gap-1 rounded-sm bg-accent-soft px-2 text-xs font-medium text-accent-ink"
		>
			{chip.words}
			<Icon of={X} size={12} />
		</button>
	);
}

function ShownCount() {
	const { samples } = useServices();
	const total = useStore(samples.state, (state) => state.total);
	const looked = useStore(samples.state, (state) => state.looked);
	const filtered = useStore(samples.state, ({ filter }) => isFiltered(filter));
	const words = total === null || !filtered ? '' : t('{total} found', { total: formatCount(total) });
	return (
		<span className="text-xs text-ink-2 tabular-nums">
			<span role="status">{looked < 1 ? '' : words}</span>
			{looked < 1 && filtered ? t('Searching {percent}, {words}', { percent: formatPercent(looked), words }) : null}
		</span>
	);
}

/** Buttons for a new sample and for changes to all shown samples. */
function RowActions() {
	const services = useServices();
	const { datasets, samples } = services;
	const changeable = useStore(datasets.state, isChangeable);
	const total = useStore(samples.state, (state) => state.total) ?? 0;
	const filtered = useStore(samples.state, ({ filter }) => isFiltered(filter));
	const looking = useStore(samples.state, ({ looked }) => looked < 1);
	const [bulk, setBulk] = useState<BulkChange | null>(null);
	if (!changeable) return null;
	const shown = { which: filtered ? (looking ? 'matching' : 'found') : 'all', total };
	return (
		<>
			<Menu
				trigger={
					<button type="button" aria-label={t('Bulk edit')} className={iconButtonClass()}>
						<Icon of={Ellipsis} />
					</button>
				}
			>
				<MenuItem icon={Tag} onSelect={() => setBulk('tag')}>
					{t(
						'Tag {which, select, all {all {total, plural, one {# sample} other {# samples}}} found {the {total, plural, one {# matching sample} other {# matching samples}}} other {all matching samples}}',
						shown,
					)}
				</MenuItem>
				<MenuItem icon={Waypoints} onSelect={() => setBulk('split')}>
					{t(
						'Move {which, select, all {all {total, plural, one {# sample} other {# samples}}} found {the {total, plural, one {# matching sample} other {# matching samples}}} other {all matching samples}} to a split',
						shown,
					)}
				</MenuItem>
				<MenuLine />
				<MenuItem icon={Trash2} danger onSelect={() => void removeShownSamples(services)}>
					{t(
						'Remove {which, select, all {all {total, plural, one {# sample} other {# samples}}} found {the {total, plural, one {# matching sample} other {# matching samples}}} other {all matching samples}}',
						shown,
					)}
				</MenuItem>
			</Menu>
			<Button icon={Plus} onClick={() => samples.edit('new')}>
				{t('New sample')}
			</Button>
			{bulk === null ? null : <BulkDialog what={bulk} shown={shown} onClose={() => setBulk(null)} />}
		</>
	);
}

type BulkChange = 'tag' | 'split';

const words = {
	tag: {
		title: t('Add tag'),
		label: t('Tag'),
		hint: t('Added to each sample'),
		verb: t('Add tag'),
		done: (changed: number) => t('{changed, plural, one {# sample} other {# samples}} tagged', { changed }),
	},
	split: {
		title: t('Move to split'),
		label: t('Split'),
		hint: t('For example test, train or examples'),
		verb: t('Move'),
		done: (changed: number) => t('{changed, plural, one {# sample} other {# samples}} moved', { changed }),
	},
} as const;

/** Asks for the tag or split to apply to everything shown. */
function BulkDialog({
	what,
	shown,
	onClose,
}: {
	what: BulkChange;
	shown: { which: string; total: number };
	onClose: () => void;
}) {
	const services = useServices();
	const { samples } = services.connection.client.datasets;
	const [text, setText] = useState('');
	const [busy, setBusy] = useState(false);
	const { title, label, hint, verb, done } = words[what];
	const value = text.trim();
	async function apply(): Promise<void> {
		if (value === '' || busy) return;
		setBusy(true);
		const selection = selectShownSamples(services);
		await changeSamples(
			services,
			(datasetId) =>
				what === 'tag'
					? samples.tag({ datasetId, selection, add: [value] })
					: samples.assignSplit({ datasetId, selection, split: value }),
			({ changed }) => done(changed),
		);
		onClose();
	}
	return (
		<FormDialog
			title={title}
			text={t(
				'Applies to {which, select, all {all {total, plural, one {# sample} other {# samples}}} found {the {total, plural, one {# matching sample} other {# matching samples}}} other {all matching samples}}.',
				shown,
			)}
			verb={verb}
			busy={busy ? t('Changing') : undefined}
			blocked={value === '' ? (what === 'tag' ? t('Enter a tag') : t('Enter a split')) : undefined}
			onSubmit={() => void apply()}
			onClose={onClose}
		>
			<TextField
				label={label}
				hint={hint}
				value={text}
				maxLength={60}
				autoComplete="off"
				onChange={(event) => setText(event.target.value)}
			/>
		</FormDialog>
	);
}
