import { CopyPlus, Plus, X } from 'lucide-react';
import { useStore } from 'zustand';
import type { Adapter } from '../../electron/contract/adapters/schema.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { Button, IconButton } from '../design/button.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { Select } from '../design/select.tsx';
import { InlineNumber } from '../evaluation/plan/inline-fields.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import type { AdaptedModel } from './adapted-model.ts';

/**
 * Models with LoRA adapters to measure next to the models alone, each at one scale. Hidden while no adapter fits one of the
 * files.
 */
export function AdaptedModels({
	value,
	files,
	preferred,
	onChange,
}: {
	value: readonly AdaptedModel[];
	files: readonly ModelFile[];
	/** Ids of files to put an adapter on first. */
	preferred: readonly number[];
	onChange: (next: readonly AdaptedModel[]) => void;
}) {
	const { models } = useServices();
	const all = useStore(models.state, (state) => state.adapters);
	const ids = new Set(files.map(({ id }) => id));
	const usable = all.filter(({ problem, fits }) => problem === null && fits.some((id) => ids.has(id)));
	if (usable.length === 0 && value.length === 0) return null;
	function add(adapter: Adapter): void {
		const fitting = files.filter(({ id }) => adapter.fits.includes(id));
		const own = fitting.find(({ id }) => id === adapter.base.modelFileId);
		const file = fitting.find(({ id }) => preferred.includes(id)) ?? own ?? fitting[0];
		if (file === undefined) return;
		onChange([...value, unlike(value, { modelFileId: file.id, adapters: [{ id: adapter.id, scale: 1 }] })]);
	}
	return (
		<div className="flex w-full flex-col items-start gap-2">
			{value.length === 0 ? null : (
				<ul aria-label={t('With adapters')} className="flex w-full flex-col gap-1.5">
					{value.map((one, index) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: two may be alike while they are edited
						<li key={index} className="flex w-full items-start gap-x-2">
							<Row
								value={one}
								files={files}
								all={all}
								onChange={(next) => onChange(value.map((other, at) => (at === index ? next : other)))}
								onCopy={() => onChange(value.toSpliced(index + 1, 0, unlike(value, one)))}
								onRemove={() => onChange(value.filter((_, at) => at !== index))}
							/>
						</li>
					))}
				</ul>
			)}
			{usable.length === 0 ? null : (
				<AdapterMenu adapters={usable} className="-ml-2" onAdd={add}>
					{t('Add a model with an adapter')}
				</AdapterMenu>
			)}
		</div>
	);
}

/** Halves the scale of the first adapter until no other is the same. */
function unlike(others: readonly AdaptedModel[], wanted: AdaptedModel): AdaptedModel {
	const key = ({ modelFileId, adapters }: AdaptedModel): string => JSON.stringify([modelFileId, adapters]);
	const taken = new Set(others.map(key));
	let next = wanted;
	for (let halved = 0; halved < 5 && taken.has(key(next)); halved += 1) {
		const adapters = next.adapters.map((use, at) => (at === 0 ? { ...use, scale: use.scale / 2 } : use));
		next = { ...next, adapters };
	}
	return next;
}

function Row({
	value: { modelFileId, adapters },
	files,
	all,
	onChange,
	onCopy,
	onRemove,
}: {
	value: AdaptedModel;
	files: readonly ModelFile[];
	all: readonly Adapter[];
	onChange: (next: AdaptedModel) => void;
	onCopy: () => void;
	onRemove: () => void;
}) {
	const known = adapters.map(({ id }) => all.find((one) => one.id === id));
	const fitting = files.filter(({ id }) => id === modelFileId || known.every((one) => one?.fits.includes(id) === true));
	const more = all.filter(
		({ id, fits, problem }) =>
			problem === null && fits.includes(modelFileId) && !adapters.some((adapter) => adapter.id === id),
	);
	const nameOf = (id: number): string => all.find((one) => one.id === id)?.name ?? t('Removed adapter');
	const label = adapters.map(({ id, scale }) => `${nameOf(id)} × ${scale}`).join(' + ');
	const put = (id: number, scale: number): void =>
		onChange({ modelFileId, adapters: adapters.map((use) => (use.id === id ? { id, scale } : use)) });
	return (
		<>
			<span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2 gap-y-1.5">
				<Select
					label={t('Model under {adapters}', { adapters: label })}
					value={String(modelFileId)}
					onChange={(id) => onChange({ modelFileId: Number(id), adapters })}
					options={fitting.map(({ id, name, quantization }) => ({
						value: String(id),
						words: `${name} ${quantization}`,
					}))}
				/>
				{adapters.map(({ id, scale }) => (
					<span key={id} className="inline-flex min-w-0 items-center gap-1.5">
						<span aria-hidden className="text-ink-3">
							+
						</span>
						<span className="max-w-56 truncate" title={nameOf(id)}>
							{nameOf(id)}
						</span>
						<span aria-hidden className="text-ink-3">
							×
						</span>
						<InlineNumber
							label={t('Scale of {name}', { name: nameOf(id) })}
							hideLabel
							value={scale}
							onChange={(next) => put(id, next ?? 1)}
							min={-4}
							max={4}
							step={0.1}
							digits={4}
							width={52}
						/>
						{adapters.length === 1 ? null : (
							<IconButton
								icon={X}
								size="sm"
								label={t('Remove {name}', { name: nameOf(id) })}
								onClick={() => onChange({ modelFileId, adapters: adapters.filter((use) => use.id !== id) })}
							/>
						)}
					</span>
				))}
				{more.length === 0 ? null : (
					<AdapterMenu
						adapters={more}
						onAdd={({ id }) => onChange({ modelFileId, adapters: [...adapters, { id, scale: 1 }] })}
					>
						{t('Another adapter')}
					</AdapterMenu>
				)}
			</span>
			<span className="inline-flex flex-none items-center">
				<IconButton
					icon={CopyPlus}
					size="sm"
					label={t('Add another scale of {adapters}', { adapters: label })}
					onClick={onCopy}
				/>
				<IconButton icon={X} size="sm" label={t('Remove {name}', { name: label })} onClick={onRemove} />
			</span>
		</>
	);
}

function AdapterMenu({
	adapters,
	className = '',
	onAdd,
	children,
}: {
	adapters: readonly Adapter[];
	className?: string;
	onAdd: (adapter: Adapter) => void;
	children: string;
}) {
	return (
		<Menu
			align="start"
			trigger={
				<Button kind="ghost" size="sm" icon={Plus} className={className}>
					{children}
				</Button>
			}
		>
			{adapters.map((adapter) => (
				<MenuItem key={adapter.id} onSelect={() => onAdd(adapter)}>
					{adapter.name}
					<span className="ml-2 text-xs text-ink-3">{t('rank {rank}', { rank: adapter.rank })}</span>
				</MenuItem>
			))}
		</Menu>
	);
}
