import { Combine, Download, Ellipsis, Import, MessageSquare, Pencil, Trash2, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Adapter } from '../../electron/contract/adapters/schema.ts';
import { Button, IconButton, iconButtonClass } from '../design/button.tsx';
import { formatBytes, formatCount, formatList } from '../design/format.ts';
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

type Asked = { readonly what: 'import' } | { readonly what: 'merge' | 'export' | 'rename'; readonly adapter: Adapter };

/** The LoRA adapters on this computer, under the models that they change. */
export function AdapterList() {
	const { models } = useServices();
	const adapters = useStore(models.state, (state) => state.adapters);
	const hasModels = useStore(models.state, (state) => state.models.length > 0);
	const [asked, setAsked] = useState<Asked | null>(null);
	const close = (): void => setAsked(null);
	if (!hasModels && adapters.length === 0) return null;
	const groups = Map.groupBy(adapters, ({ base }) => base.name);
	return (
		<div className="flex flex-col gap-2">
			<div className="flex items-center gap-2">
				<h2 className="flex-1 text-[13px] font-semibold">{t('LoRA adapters')}</h2>
				<Button size="sm" icon={Import} onClick={() => setAsked({ what: 'import' })}>
					{t('Import adapter')}
				</Button>
			</div>
			{adapters.length === 0 ? (
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

/** Where an adapter came from, in words. */
function wordOrigin({ origin, trainingRunId }: Adapter): string {
	if (origin !== 'trained') return origin === 'peft' ? t('Converted from safetensors') : t('Imported');
	return trainingRunId === null ? t('Trained here') : t('Training {id}', { id: formatCount(trainingRunId) });
}

function AdapterRow({ adapter, onAsk }: { adapter: Adapter; onAsk: (what: 'merge' | 'export' | 'rename') => void }) {
	const services = useServices();
	const { name, rank, modules, sizeBytes, problem, fits } = adapter;
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
