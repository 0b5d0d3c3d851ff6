import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { FileFigures } from '../../electron/contract/comparison/file-figures.ts';
import type { FitVerdict } from '../../electron/contract/library/fit.ts';
import { describeQuality } from '../../electron/contract/library/quality.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { Checkbox } from '../design/checkbox.tsx';
import { formatBytes, formatList, formatPercentage, formatRate } from '../design/format.ts';
import { AdaptedModels } from '../library/adapted-models.tsx';
import { FitBadge } from '../library/fit-badge.tsx';
import { listQuantizationTypes } from '../library/quantization-types.ts';
import { t, translate } from '../messages/t.ts';
import { useServices } from '../services.ts';
import type { PlanForm } from './use-plan.ts';

const grid = 'grid grid-cols-[repeat(auto-fill,minmax(210px,1fr))] gap-2';

/** The model's files to compare, and the types that can be quantised and included. */
export function FileCards({ form }: { form: PlanForm }) {
	const { model, chosen, types, adapted, sizes } = form;
	const { models: library } = useServices();
	const { fits: fitStore } = library;
	const figures = useStore(library.state, (state) => state.figures);
	const fits = useStore(fitStore.state, (state) => state.fits);
	const known = useStore(library.state, (state) => state.models);
	// biome-ignore lint/correctness/useExhaustiveDependencies: files may arrive while the form is open
	useEffect(() => void fitStore.refresh(), [fitStore, known]);
	useEffect(() => void library.refreshFigures(), [library]);
	const [allTypes, setAllTypes] = useState(false);
	if (model === null) return null;
	const { reference, files, others } = model;
	const there = new Set([reference, ...files].map(({ quantization }) => quantization));
	const offered = listQuantizationTypes(allTypes).filter(({ type }) => !there.has(type));
	const missing = offered.flatMap(({ type, says }) => {
		const size = sizes?.find((one) => one.type === type);
		// A type that is no smaller than the reference only loses quality.
		if (sizes !== null && (size === undefined || size.sizeBytes >= reference.sizeBytes)) return [];
		return [{ type, says, sizeBytes: size?.sizeBytes ?? null }];
	});
	/** A file that is no larger than one that fits, fits too. */
	const fitOf = (sizeBytes: number): FitVerdict | null =>
		[reference, ...files].some((file) => file.sizeBytes >= sizeBytes && fits[file.id]?.verdict === 'fits')
			? 'fits'
			: null;
	return (
		<div className="flex flex-col gap-2">
			<fieldset className={grid}>
				<legend className="sr-only">{t('Files to compare')}</legend>
				<FileCard
					file={reference}
					figures={figures[reference.id]}
					fit={fits[reference.id]?.verdict ?? null}
					badge={t('Reference')}
				/>
				{[...files, ...others].map((file) => (
					<FileCard
						key={file.id}
						file={file}
						figures={figures[file.id]}
						fit={fits[file.id]?.verdict ?? null}
						otherName={others.includes(file)}
						chosen={chosen.has(file.id)}
						onToggle={() => form.toggleFile(file.id)}
					/>
				))}
			</fieldset>
			{missing.length === 0 ? null : (
				<fieldset className={grid}>
					<legend className="mt-2 mb-2 text-xs font-medium text-ink-2">{t('Quantise and include')}</legend>
					{missing.map(({ type, says, sizeBytes }) => (
						<Card
							key={type}
							name={`+ ${type}`}
							label={type}
							size={sizeBytes === null ? null : t('about {size}', { size: formatBytes(sizeBytes) })}
							chosen={types.has(type)}
							onToggle={() => form.toggleType(type)}
							fit={sizeBytes === null ? null : fitOf(sizeBytes)}
							says={says}
							dashed
						/>
					))}
				</fieldset>
			)}
			<AdaptedModels
				value={adapted}
				files={[reference, ...files, ...others]}
				preferred={[reference.id]}
				onChange={form.setAdapted}
			/>
			{allTypes ? null : (
				<Button kind="ghost" size="sm" className="-ml-2 self-start" onClick={() => setAllTypes(true)}>
					{t('Show all types')}
				</Button>
			)}
		</div>
	);
}

/** "86 % same next token, 62 tok/s", from earlier comparisons. */
function describeMeasured(figures: FileFigures | undefined, modelFileId: number): string | null {
	if (figures === undefined) return null;
	const quality = figures.divergences.find(({ referenceId }) => referenceId !== modelFileId);
	const said = [
		quality === undefined
			? null
			: t('{percent} same next token', { percent: formatPercentage(Math.round(100 * quality.sameTop)) }),
		figures.speed === null || figures.speed.varied ? null : formatRate(figures.speed.tokensPerSecond),
	].filter((part) => part !== null);
	return said.length === 0 ? null : formatList(said);
}

function FileCard({
	file,
	figures,
	fit,
	badge,
	otherName = false,
	chosen = true,
	onToggle,
}: {
	file: ModelFile;
	figures: FileFigures | undefined;
	fit: FitVerdict | null;
	badge?: string;
	/** The file has another name than the reference. */
	otherName?: boolean;
	chosen?: boolean;
	onToggle?: () => void;
}) {
	const { quantization, sizeBytes, name } = file;
	const measured = describeMeasured(figures, file.id);
	const quality = describeQuality(quantization);
	const word = quality === null ? null : translate(quality);
	return (
		<Card
			name={quantization}
			label={`${name} ${quantization}`}
			size={formatBytes(sizeBytes)}
			chosen={chosen}
			{...(onToggle === undefined ? {} : { onToggle })}
			{...(badge === undefined ? {} : { badge })}
			fit={fit}
			says={
				otherName
					? name
					: (measured ??
						(word === null || word === badge ? t('Not measured yet') : t('{word}, not measured yet', { word })))
			}
		/>
	);
}

function Card({
	name,
	label,
	size,
	badge,
	chosen,
	onToggle,
	fit,
	says,
	dashed = false,
}: {
	name: string;
	label: string;
	/** null: not known yet. */
	size: string | null;
	badge?: string;
	chosen: boolean;
	/** Left out: it is always included. */
	onToggle?: () => void;
	fit: FitVerdict | null;
	says: string;
	dashed?: boolean;
}) {
	const tone = chosen ? 'border-accent bg-accent-soft' : 'border-line-strong bg-surface hover:bg-hover';
	const Box = onToggle === undefined ? 'div' : 'label';
	return (
		<Box
			className={`flex min-w-0 items-start gap-1 rounded-lg border py-2 pr-3 pl-1.5 ${dashed && !chosen ? 'border-dashed' : ''} ${tone}`}
		>
			{onToggle === undefined ? (
				<span className="w-1.5" />
			) : (
				<Checkbox label={label} checked={chosen} onChange={onToggle} className="-mt-0.5" />
			)}
			<div className="min-w-0 flex-1">
				<div className="flex items-center gap-2">
					<span className="min-w-0 truncate font-mono text-xs font-semibold">{name}</span>
					{badge === undefined ? null : <Badge tone="line">{badge}</Badge>}
					<span className="ml-auto font-mono text-xs whitespace-nowrap text-ink-2 tabular-nums">{size ?? '…'}</span>
				</div>
				<div className="mt-1 flex min-h-5 flex-wrap items-start gap-x-2 gap-y-1">
					<span className="min-w-28 flex-1 text-xs text-pretty text-ink-2">{says}</span>
					{fit === null ? null : <FitBadge verdict={fit} />}
				</div>
			</div>
		</Box>
	);
}
