import { Ellipsis, Plus, Tag, Trash2, Waypoints, X } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { Button, iconButtonClass } from '../design/button.tsx';
import { type Choice, ChoiceMenu } from '../design/choice-menu.tsx';
import { FormDialog } from '../design/dialog.tsx';
import { formatCount, formatPercent, formatQuantity } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
import { SearchBox } from '../design/search-box.tsx';
import { TextField } from '../design/text-field.tsx';
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
		value: `is ${split}`,
		words: split,
		detail: formatCount(n),
	}));
	const tags: Choice[] = (facets?.tags ?? []).map(({ tag, count: n }) => ({
		value: `is ${tag}`,
		words: tag === '' ? 'No tag' : tag,
		detail: formatCount(n),
	}));
	return (
		<div className="flex flex-none flex-wrap items-center gap-2 border-b border-line px-5 py-2">
			<SearchBox
				className="min-w-28 flex-1"
				data-sample-search
				label="Search samples"
				placeholder="Search input, target, id"
				value={filter.text}
				maxLength={1000}
				onType={(text) => samples.change({ text })}
			/>
			{splits.length > 1 || filter.split !== null ? (
				<ChoiceMenu
					label="Split"
					value={filter.split === null ? all : `is ${filter.split}`}
					options={[{ value: all, words: 'All splits' }, ...withChosen(splits, filter.split)]}
					onChange={(value) => samples.change({ split: value === all ? null : value.slice(3) })}
				/>
			) : null}
			{tags.length > 0 || filter.tag !== null ? (
				<ChoiceMenu
					label="Tag"
					value={filter.tag === null ? all : `is ${filter.tag}`}
					options={[{ value: all, words: 'All tags' }, ...withChosen(tags, filter.tag)]}
					onChange={(value) => samples.change({ tag: value === all ? null : value.slice(3) })}
				/>
			) : null}
			<Only filter={filter} />
			{isFiltered(filter) ? (
				<Button kind="ghost" icon={X} onClick={() => samples.change(allSamples)}>
					Clear
				</Button>
			) : null}
			<ShownCount />
			<RowActions />
		</div>
	);
}

/** Keeps the chosen option in the list even if no sample has it any more. */
function withChosen(options: readonly Choice[], chosen: string | null): readonly Choice[] {
	const value = `is ${chosen ?? ''}`;
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
				? { words: target === 'none' ? 'Without a target' : 'With a target', drop: { target: null } }
				: null;
	if (chip === null) return null;
	return (
		<button
			type="button"
			aria-label={`Clear filter: ${chip.words}`}
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
	const words = total === null || !filtered ? '' : `${formatCount(total)} found`;
	return (
		<span className="text-xs text-ink-2 tabular-nums">
			<span role="status">{looked < 1 ? '' : words}</span>
			{looked < 1 && filtered ? `Searching ${formatPercent(looked)}, ${words}` : null}
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
	const found = looking ? 'all matching samples' : `the ${formatQuantity(total, 'matching sample')}`;
	const all = filtered ? found : `all ${formatQuantity(total, 'sample')}`;
	return (
		<>
			<Menu
				trigger={
					<button type="button" aria-label="Bulk edit" className={iconButtonClass()}>
						<Icon of={Ellipsis} />
					</button>
				}
			>
				<MenuItem icon={Tag} onSelect={() => setBulk('tag')}>
					Tag {all}
				</MenuItem>
				<MenuItem icon={Waypoints} onSelect={() => setBulk('split')}>
					Move {all} to a split
				</MenuItem>
				<MenuLine />
				<MenuItem icon={Trash2} danger onSelect={() => void removeShownSamples(services)}>
					Remove {all}
				</MenuItem>
			</Menu>
			<Button icon={Plus} onClick={() => samples.edit('new')}>
				New sample
			</Button>
			{bulk === null ? null : <BulkDialog what={bulk} all={all} onClose={() => setBulk(null)} />}
		</>
	);
}

type BulkChange = 'tag' | 'split';

const words = {
	tag: { title: 'Add tag', label: 'Tag', hint: 'Added to each sample', verb: 'Add tag', done: 'tagged' },
	split: {
		title: 'Move to split',
		label: 'Split',
		hint: 'For example test, train or examples',
		verb: 'Move',
		done: 'moved',
	},
} as const;

/** Asks for the tag or split to apply to everything shown. `all` names what is shown. */
function BulkDialog({ what, all, onClose }: { what: BulkChange; all: string; onClose: () => void }) {
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
			({ changed }) => `${formatQuantity(changed, 'sample')} ${done}`,
		);
		onClose();
	}
	return (
		<FormDialog
			title={title}
			text={`Applies to ${all}.`}
			verb={verb}
			busy={busy ? 'Changing' : undefined}
			blocked={value === '' ? `Enter a ${what}` : undefined}
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
