import { Check, Combine, Download, Ellipsis, Import, MessageSquare, Pencil, Trash2, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Adapter } from '../../electron/contract/adapters/schema.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { Badge } from '../design/badge.tsx';
import { Button, IconButton, iconButtonClass } from '../design/button.tsx';
import { formatBytes, formatCount, formatList, formatNumber, phraseSeparator } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { chatWithAdapter, removeAdapter } from './adapter-actions.ts';
import {
	ExportAdapterDialog,
	ImportAdapterDialog,
	MergeAdapterDialog,
	RenameAdapterDialog,
} from './adapter-dialogs.tsx';
import { filterModels } from './filter-models.ts';
import { removeModel } from './model-actions.ts';
import { groupOf } from './model-rows.ts';
import { describeSource } from './model-wording.ts';
import { FileMenuItems } from './row-actions.tsx';

type Asked = { readonly what: 'import' } | { readonly what: 'merge' | 'export' | 'rename'; readonly adapter: Adapter };

/** The LoRA adapters on this computer, under the models that they change, and the files of others that a scan found. */
export function AdapterList({ filter }: { filter: string }) {
	const { models } = useServices();
	const all = useStore(models.state, (state) => state.adapters);
	const files = useStore(models.state, (state) => state.models);
	const [asked, setAsked] = useState<Asked | null>(null);
	const close = (): void => setAsked(null);
	const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
	const adapters = all.filter(({ name, base }) =>
		words.every((word) => `${name} ${base.name}`.toLowerCase().includes(word)),
	);
	const loose = files.filter(
		({ kind, problem, path, sha256 }) =>
			kind === 'adapter' && problem === null && !all.some((one) => one.path === path || one.sha256 === sha256),
	);
	const found = filterModels(loose, filter);
	if (files.length === 0 && all.length === 0) return null;
	if (words.length > 0 && adapters.length === 0 && found.length === 0) return null;
	const groups = Map.groupBy(adapters, ({ base }) => base.name);
	return (
		<div className="flex flex-col gap-2">
			<div className="flex items-center gap-2">
				<h2 className="flex-1 text-[13px] font-semibold">{t('LoRA adapters')}</h2>
				<Button size="sm" icon={Import} onClick={() => setAsked({ what: 'import' })}>
					{t('Import adapter')}
				</Button>
			</div>
			{adapters.length === 0 && found.length === 0 ? (
				<p className="text-pretty text-ink-2">
					{t('Small files that change how a model answers. Train one under Training, or import one.')}
				</p>
			) : null}
			{[...groups].map(([base, some]) => (
				<div key={base} className="overflow-hidden rounded-lg border border-line">
					<h3 className="truncate border-b border-line bg-sunken px-3 py-1.5 text-xs font-medium text-ink-2">
						{t('For {name}', { name: base })}
					</h3>
					<ul>
						{some.map((adapter) => (
							<AdapterRow key={adapter.id} adapter={adapter} onAsk={(what) => setAsked({ what, adapter })} />
						))}
					</ul>
				</div>
			))}
			{found.length === 0 ? null : (
				<div className="overflow-hidden rounded-lg border border-line">
					<h3 className="truncate border-b border-line bg-sunken px-3 py-1.5 text-xs font-medium text-ink-2">
						{t('Files in your folders')}
					</h3>
					<ul>
						{found.map((file) => (
							<FoundRow key={file.id} file={file} />
						))}
					</ul>
				</div>
			)}
			{asked === null ? null : asked.what === 'import' ? (
				<ImportAdapterDialog onClose={close} />
			) : asked.what === 'merge' ? (
				<MergeAdapterDialog adapter={asked.adapter} onClose={close} />
			) : asked.what === 'export' ? (
				<ExportAdapterDialog adapter={asked.adapter} onClose={close} />
			) : (
				<RenameAdapterDialog adapter={asked.adapter} onClose={close} />
			)}
		</div>
	);
}

/** A LoRA file in a scanned folder: models can load it, and chats and runs once it is imported. */
function FoundRow({ file }: { file: ModelFile }) {
	const services = useServices();
	const { connection, models, toasts } = services;
	const files = useStore(models.state, (state) => state.models);
	const [importing, setImporting] = useState(false);
	async function add(): Promise<void> {
		setImporting(true);
		await runOrToast(services, async () => {
			const { name } = await connection.client.adapters.import({ path: file.path });
			toasts.show({ text: t('Imported {name}', { name }) });
			await models.refresh();
		});
		setImporting(false);
	}
	return (
		<li className="flex items-center gap-3 px-3 py-1.5 not-last:border-b not-last:border-line">
			<div className="min-w-0 flex-1">
				<p className="truncate">
					<button type="button" className="link font-medium" onClick={() => models.view.setState({ chosen: file.id })}>
						{file.name}
					</button>
				</p>
				<p className="truncate text-xs text-ink-2" title={file.path}>
					{[file.architecture, formatBytes(file.sizeBytes), describeSource(file.source)].join(phraseSeparator('comma'))}
				</p>
			</div>
			<Button size="sm" busy={importing ? t('Checking the adapter') : undefined} onClick={() => void add()}>
				{t('Import')}
				<span className="sr-only"> {file.name}</span>
			</Button>
			<Menu
				trigger={
					<button
						type="button"
						aria-label={t('More for {name}', { name: file.name })}
						className={iconButtonClass('sm')}
					>
						<Icon of={Ellipsis} size={16} />
					</button>
				}
			>
				<FileMenuItems file={file} group={groupOf(files, file)} onRemove={() => void removeModel(services, file)} />
			</Menu>
		</li>
	);
}

/** Where an adapter came from, in words. */
function wordOrigin({ origin, trainingRunId }: Adapter): string {
	if (origin !== 'trained') return origin === 'peft' ? t('Converted from safetensors') : t('Imported');
	return trainingRunId === null ? t('Trained here') : t('Training {id}', { id: formatCount(trainingRunId) });
}

/** The models that answer with it unless a chat chooses other adapters, in words; null: none. */
function wordUse({ base, usedBy }: Adapter, files: readonly ModelFile[]): { text: string; names: string } | null {
	const used = usedBy.flatMap(({ modelFileId, scale }) => {
		const file = files.find(({ id }) => id === modelFileId);
		if (file === undefined) return [];
		const full = `${file.name} ${file.quantization}`;
		// The heading above the row names the model.
		return [{ short: file.name === base.name ? file.quantization : full, full, scale }];
	});
	const [first, ...more] = used;
	if (first === undefined) return null;
	const names = formatList(used.map(({ full }) => full));
	if (more.length > 0) {
		return { text: t('In use by {count, plural, one {# file} other {# files}}', { count: used.length }), names };
	}
	const { short: model, scale } = first;
	const text =
		scale === 1
			? t('In use by {model}', { model })
			: t('In use by {model}, scale {scale}', { model, scale: formatNumber(scale, 2) });
	return { text, names };
}

function AdapterRow({ adapter, onAsk }: { adapter: Adapter; onAsk: (what: 'merge' | 'export' | 'rename') => void }) {
	const services = useServices();
	const { name, rank, modules, sizeBytes, problem, fits } = adapter;
	const files = useStore(services.models.state, (state) => state.models);
	const use = wordUse(adapter, files);
	const blocked =
		problem !== null ? problem.message : fits.length === 0 ? t('Its model is not in the library') : undefined;
	return (
		<li className="flex items-center gap-3 px-3 py-1.5 not-last:border-b not-last:border-line">
			<div className="min-w-0 flex-1">
				<p className="flex items-center gap-1.5 truncate font-medium" title={name}>
					{problem === null ? null : <Icon of={TriangleAlert} size={14} className="flex-none text-warn" />}
					<span className="truncate">{name}</span>
				</p>
				<p className="truncate text-xs text-ink-2" title={formatList(modules)}>
					{problem === null
						? t('Rank {rank}, {size}, {origin}', { rank, size: formatBytes(sizeBytes), origin: wordOrigin(adapter) })
						: problem.message}
				</p>
			</div>
			{use === null ? null : (
				<span title={use.names}>
					<Badge tone="good" icon={Check}>
						{use.text}
					</Badge>
				</span>
			)}
			<IconButton
				icon={MessageSquare}
				size="sm"
				label={t('Chat with {name}', { name })}
				blocked={blocked}
				onClick={() => void chatWithAdapter(services, adapter)}
			/>
			<Menu
				trigger={
					<button type="button" aria-label={t('More for {name}', { name })} className={iconButtonClass('sm')}>
						<Icon of={Ellipsis} size={16} />
					</button>
				}
			>
				{blocked === undefined ? (
					<MenuItem icon={Combine} onSelect={() => onAsk('merge')}>
						{t('Merge into a new model')}
					</MenuItem>
				) : null}
				{problem === null ? (
					<MenuItem icon={Download} onSelect={() => onAsk('export')}>
						{t('Export')}
					</MenuItem>
				) : null}
				<MenuItem icon={Pencil} onSelect={() => onAsk('rename')}>
					{t('Rename')}
				</MenuItem>
				<MenuLine />
				<MenuItem icon={Trash2} onSelect={() => void removeAdapter(services, adapter)}>
					{t('Remove')}
				</MenuItem>
			</Menu>
		</li>
	);
}
