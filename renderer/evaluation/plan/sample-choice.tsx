import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Dataset } from '../../../electron/contract/dataset/schema.ts';
import type { DatasetLook } from '../../../electron/contract/evaluation/defaults.ts';
import { ChoiceMenu, choiceButtonClass } from '../../design/choice-menu.tsx';
import { formatConjunction, formatCount } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuCheck, MenuItem, MenuLine } from '../../design/menu.tsx';
import { t } from '../../messages/t.ts';
import { InlineNumber } from './inline-fields.tsx';

/** Most tags that a run accepts. */
const maxTags = 16;

const allSplits = '\u0000all';

interface ChosenSamples {
	readonly datasetId: number | null;
	readonly split: string | null;
	readonly tags?: readonly string[];
	readonly limit: number | null;
}

/** Returns the datasets that have samples to ask. */
export function filterUsable(datasets: readonly Dataset[]): readonly Dataset[] {
	return datasets.filter(({ latest }) => latest.samples > 0);
}

/** Chooses a dataset, a part of it, and a limit. */
export function SampleChoice({
	datasets,
	chosen,
	look,
	onDataset,
	onChange,
	onTags,
	versions = null,
}: {
	datasets: readonly Dataset[];
	chosen: ChosenSamples;
	/** null until the chosen dataset has been inspected. */
	look: DatasetLook | null;
	onDataset: (id: number) => void;
	onChange: (part: { split: string | null } | { limit: number | null }) => void;
	/** If omitted, samples can't be chosen by tags. */
	onTags?: (tags: string[]) => void;
	/** The choice of a version, if there are several. */
	versions?: ReactNode;
}) {
	return (
		<>
			<ChoiceMenu
				label={t('Dataset')}
				value={chosen.datasetId === null ? '' : String(chosen.datasetId)}
				options={filterUsable(datasets).map(({ id, name, latest }) => ({
					value: String(id),
					words: name,
					detail: formatCount(latest.samples),
				}))}
				onChange={(id) => onDataset(Number(id))}
			/>
			{versions}
			{look === null || look.facets.splits.length < 2 ? null : (
				<ChoiceMenu
					label={t('Split')}
					value={chosen.split ?? allSplits}
					options={[
						{ value: allSplits, words: t('All except examples') },
						...look.facets.splits.map(({ split, count: samples }) => ({
							value: split,
							words: split,
							detail: formatCount(samples),
						})),
					]}
					onChange={(split) => onChange({ split: split === allSplits ? null : split })}
				/>
			)}
			{look === null || onTags === undefined || look.facets.tags.length === 0 ? null : (
				<TagMenu tags={chosen.tags ?? []} look={look} onTags={onTags} />
			)}
			<InlineNumber
				label={t('At most')}
				unit={t('samples')}
				value={chosen.limit}
				onChange={(limit) => onChange({ limit })}
				min={1}
				max={10_000_000}
				empty={t('all')}
				width={68}
			/>
		</>
	);
}

/** Restricts to samples that have every ticked tag. */
function TagMenu({
	tags,
	look,
	onTags,
}: {
	tags: readonly string[];
	look: DatasetLook;
	onTags: (tags: string[]) => void;
}) {
	// A config file may name a tag that no sample has any more.
	const gone = tags.filter((tag) => !look.facets.tags.some((one) => one.tag === tag));
	const toggle = (tag: string): void =>
		onTags(tags.includes(tag) ? tags.filter((one) => one !== tag) : [...tags, tag].slice(0, maxTags));
	return (
		<Menu
			align="start"
			trigger={
				<button type="button" className={choiceButtonClass()}>
					<span className="sr-only">{t('Tags:')}</span>
					<span className="truncate">{tags.length === 0 ? t('Any tag') : formatConjunction(tags)}</span>
					<Icon of={ChevronDown} size={14} className="text-ink-3" />
				</button>
			}
		>
			{[...look.facets.tags, ...gone.map((tag) => ({ tag, count: 0 }))].map(({ tag, count: samples }) => (
				<MenuCheck key={tag} checked={tags.includes(tag)} onChange={() => toggle(tag)}>
					{tag}
					<span className="ml-2 text-xs text-ink-3 tabular-nums">{formatCount(samples)}</span>
				</MenuCheck>
			))}
			{tags.length === 0 ? null : (
				<>
					<MenuLine />
					<MenuItem onSelect={() => onTags([])}>{t('Any tag')}</MenuItem>
				</>
			)}
		</Menu>
	);
}
