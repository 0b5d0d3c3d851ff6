import { useState } from 'react';
import { useStore } from 'zustand';
import { freeAdapterName } from '../../electron/contract/adapters/free-name.ts';
import { type Adapter, longestAdapterName } from '../../electron/contract/adapters/schema.ts';
import { type MergeType, mergeTypes } from '../../models/contract/adapter.ts';
import { ActionDialog, DialogField } from '../app/action-dialog.tsx';
import { formatBytes } from '../design/format.ts';
import { Segmented } from '../design/segmented.tsx';
import { Select } from '../design/select.tsx';
import { Slider } from '../design/slider.tsx';
import { TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { modelOfAdapter } from './adapter-actions.ts';
import { readEnteredPath } from './entered-path.ts';

/** Show the form of a path; not translated. */
const examples = { import: '/home/me/lora.gguf', gguf: '/home/me/adapter.gguf', peft: '/home/me/adapter-peft' };

/** Imports an adapter: a GGUF file, or a folder of PEFT or MLX-LM, which is converted. */
export function ImportAdapterDialog({ onClose }: { onClose: () => void }) {
	const { connection, models, toasts } = useServices();
	const files = useStore(models.state, (state) => state.models);
	const bases = files.filter(({ kind, problem }) => kind === 'model' && problem === null);
	const [path, setPath] = useState('');
	const [base, setBase] = useState('');
	return (
		<ActionDialog
			title={t('Import adapter')}
			text={t(
				'A GGUF file, or a folder of PEFT or MLX-LM, which is converted here. It is copied, checked and added to your adapters.',
			)}
			action={t('Import')}
			busy={t('Checking the adapter')}
			missing={path.trim() === '' ? t('Enter the path of an adapter') : undefined}
			onClose={onClose}
			onAct={async () => {
				const modelFileId = base === '' ? {} : { modelFileId: Number(base) };
				const asked = readEnteredPath(path);
				const { name } = await connection.client.adapters.import({ path: asked, ...modelFileId });
				toasts.show({ text: t('Imported {name}', { name }) });
				await models.refresh();
			}}
		>
			<TextField
				label={t('Path of a file or folder')}
				placeholder={examples.import}
				mono
				autoFocus
				autoComplete="off"
				spellCheck={false}
				value={path}
				onChange={(event) => setPath(event.target.value)}
			/>
			<DialogField label={t('Made for')}>
				<Select
					wide
					label={t('Model that the adapter was made for')}
					value={base}
					onChange={setBase}
					options={[
						{ value: '', words: t('Find the model by its shape') },
						...bases.map(({ id, name, quantization }) => ({ value: String(id), words: `${name} ${quantization}` })),
					]}
				/>
			</DialogField>
		</ActionDialog>
	);
}

/** Writes a model with the adapter in its weights. */
export function MergeAdapterDialog({ adapter, onClose }: { adapter: Adapter; onClose: () => void }) {
	const { connection, models, toasts } = useServices();
	const files = useStore(models.state, (state) => state.models);
	const fitting = files.filter(({ id }) => adapter.fits.includes(id));
	const [base, setBase] = useState(String(modelOfAdapter(adapter) ?? ''));
	const [type, setType] = useState<MergeType>('F16');
	const [scale, setScale] = useState(1);
	const model = fitting.find(({ id }) => String(id) === base);
	const quantised = model !== undefined && !/^(F32|F16|BF16)$/.test(model.quantization);
	return (
		<ActionDialog
			title={t('Merge {name}', { name: adapter.name })}
			text={t(
				'Writes a new model that answers the same way without the adapter, and adds it to your models. You can quantise it afterwards.',
			)}
			action={t('Merge')}
			busy={t('Starting')}
			missing={
				model === undefined
					? t('Choose a model')
					: scale === 0
						? t('At scale 0 the adapter changes nothing')
						: undefined
			}
			onClose={onClose}
			onAct={async () => {
				const adapters = [{ id: adapter.id, scale }];
				const { job } = await connection.client.adapters.merge({ modelFileId: Number(base), adapters, type });
				toasts.note({
					text: t('Merging {title}. It appears under your models when it is done.', { title: job.title }),
				});
			}}
		>
			<DialogField label={t('Into')}>
				<Select
					wide
					label={t('Model to merge into')}
					value={base}
					onChange={setBase}
					options={fitting.map(({ id, name, quantization }) => ({
						value: String(id),
						words: `${name} ${quantization}`,
					}))}
				/>
			</DialogField>
			<div className="text-xs font-medium text-ink-2">
				<Slider label={t('Scale')} value={scale} min={0} max={2} step={0.05} onChange={setScale} />
			</div>
			<DialogField label={t('Precision')}>
				<Segmented
					label={t('Precision')}
					value={type}
					onChange={setType}
					options={mergeTypes.map((one) => ({ value: one, label: one }))}
				/>
			</DialogField>
			{model === undefined ? null : (
				<p className="text-xs text-ink-2">
					{t('The file takes about {size}.', { size: formatBytes(model.parameters * (type === 'F32' ? 4 : 2)) })}
				</p>
			)}
			{quantised ? (
				<p className="text-xs text-pretty text-warn">
					{t(
						'This model is {quantization}: its quantisation error stays in the merged file, and quantising that file adds more. Merge into the F16 file if you have it.',
						{ quantization: model.quantization },
					)}
				</p>
			) : null}
		</ActionDialog>
	);
}

/** Writes an adapter for llama.cpp or PEFT. */
export function ExportAdapterDialog({ adapter, onClose }: { adapter: Adapter; onClose: () => void }) {
	const { connection, toasts } = useServices();
	const [format, setFormat] = useState<'gguf' | 'peft'>('gguf');
	const [path, setPath] = useState('');
	return (
		<ActionDialog
			title={t('Export {name}', { name: adapter.name })}
			text={t('GGUF is a file for llama.cpp and programs built on it; PEFT is a folder for Python.')}
			action={t('Export')}
			busy={t('Writing')}
			missing={path.trim() === '' ? t('Enter a path to write to') : undefined}
			onClose={onClose}
			onAct={async () => {
				const written = await connection.client.adapters.export({ id: adapter.id, format, path: path.trim() });
				toasts.show({ text: t('Exported to {path}', { path: written.path }) });
			}}
		>
			<DialogField label={t('Format')}>
				<Segmented
					label={t('Format')}
					value={format}
					onChange={setFormat}
					options={[
						{ value: 'gguf', label: 'GGUF' },
						{ value: 'peft', label: 'PEFT' },
					]}
				/>
			</DialogField>
			<TextField
				label={format === 'gguf' ? t('Path of the file') : t('Path of the folder')}
				placeholder={examples[format]}
				mono
				autoFocus
				autoComplete="off"
				spellCheck={false}
				value={path}
				onChange={(event) => setPath(event.target.value)}
			/>
		</ActionDialog>
	);
}

export function RenameAdapterDialog({ adapter, onClose }: { adapter: Adapter; onClose: () => void }) {
	const { connection, models } = useServices();
	const all = useStore(models.state, (state) => state.adapters);
	const [name, setName] = useState(adapter.name);
	const others = all.filter(({ id }) => id !== adapter.id).map((other) => other.name);
	const wanted = name.trim();
	const free = freeAdapterName(wanted, others);
	const isTaken = wanted !== '' && free !== wanted;
	return (
		<ActionDialog
			title={t('Rename {name}', { name: adapter.name })}
			text={t('Answers already written with it keep the old name.')}
			action={t('Rename')}
			busy={t('Saving')}
			missing={wanted === '' ? t('Enter a name') : isTaken ? t('Another adapter has this name') : undefined}
			onClose={onClose}
			onAct={async () => {
				await connection.client.adapters.change({ id: adapter.id, name });
				await models.refresh();
			}}
		>
			<TextField
				label={t('Name')}
				autoFocus
				maxLength={longestAdapterName}
				value={name}
				onChange={(event) => setName(event.target.value)}
			/>
			<p role="status" className="flex min-h-6 flex-wrap items-center gap-x-2 text-xs text-ink-2">
				{isTaken ? (
					<>
						{t('Another adapter has this name')}
						<button
							type="button"
							className="link"
							onClick={({ currentTarget }) => {
								// The button disappears with the name.
								currentTarget.form?.querySelector('input')?.focus();
								setName(free);
							}}
						>
							{t('Use “{name}”', { name: free })}
						</button>
					</>
				) : null}
			</p>
		</ActionDialog>
	);
}
