import { History, Plus } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { type Alias, aliasNameSchema } from '../../electron/contract/server/recipe.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { formatFullTime } from '../design/format.ts';
import { Menu, MenuItem } from '../design/menu.tsx';
import { Select } from '../design/select.tsx';
import { TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { SettingRow } from './setting-row.tsx';
import { useReloadable } from './use-reloadable.ts';

/** A name that many programs insist on; the same in every language. */
const exampleAlias = 'gpt-4o';

/** Names that other programs send for a model, and what each stands for. */
export function ServerAliases() {
	const { connection, toasts } = useServices();
	const { server } = connection.client;
	const aliases = useReloadable(async () => (await server.aliases()).aliases);

	async function attempt(work: () => Promise<unknown>): Promise<void> {
		try {
			await work();
		} catch (error) {
			if (!isConnectionLoss(error)) toasts.fail(toFailure(error).message);
		}
		aliases.reload();
	}

	/** Says what changed, and offers to take it back. */
	function changed(text: string, undo: () => Promise<unknown>): void {
		toasts.show({ text, action: { label: t('Undo'), run: () => void attempt(undo) } });
	}

	const set = (name: string, modelFileId: number, presetId: number | null) =>
		attempt(async () => {
			const { alias, before } = await server.setAlias({ name, target: { modelFileId, presetId } });
			changed(t('“{name}” now answers with {modelName}', alias), () =>
				before === null ? server.removeAlias({ name }) : server.restoreAlias({ id: before.id }),
			);
		});

	const remove = ({ id, name }: Alias) =>
		attempt(async () => {
			await server.removeAlias({ name });
			changed(t('“{name}” was removed', { name }), () => server.restoreAlias({ id }));
		});

	return (
		<section aria-label={t('Aliases')} className="flex flex-col gap-3">
			<SettingRow
				label={t('Aliases')}
				description={t(
					'A program that asks for a name such as gpt-4o gets the model that you choose, with the prompt and the numbers of a preset. The preset is copied: later changes don’t reach the alias. A program that names no model gets the default model with the default preset.',
				)}
			/>
			<AliasForm onSet={(name, modelFileId, presetId) => void set(name, modelFileId, presetId)} />
			{(aliases.value ?? []).length === 0 ? null : (
				<ul aria-label={t('Aliases')} className="flex flex-col gap-3">
					{(aliases.value ?? []).map((alias) => (
						<li key={alias.id}>
							<SettingRow
								label={<span className="font-mono">{alias.name}</span>}
								description={
									alias.modelFileId === null
										? t('{modelName} is no longer in the library', { modelName: alias.modelName })
										: recipeWords(alias)
								}
							>
								<AliasHistory
									alias={alias}
									onRestore={({ id }) =>
										void attempt(async () => {
											await server.restoreAlias({ id });
											changed(t('“{name}” was restored', { name: alias.name }), () =>
												server.restoreAlias({ id: alias.id }),
											);
										})
									}
								/>
								<Button
									kind="danger"
									aria-label={t('Remove {name}', { name: alias.name })}
									onClick={() => void remove(alias)}
								>
									{t('Remove')}
								</Button>
							</SettingRow>
						</li>
					))}
				</ul>
			)}
		</section>
	);
}

function recipeWords({ modelName, source, recipe }: Alias): string {
	if (recipe === null) return t('removed');
	switch (source.kind) {
		case 'none':
			return modelName;
		case 'preset':
			return t('{modelName} with the preset “{preset}”', { modelName, preset: source.name });
		case 'run':
			return t('{modelName} as measured in run {run}', { modelName, run: String(source.runId) });
	}
}

/** The earlier changes of an alias, to go back to. */
function AliasHistory({ alias, onRestore }: { alias: Alias; onRestore: (change: Alias) => void }) {
	const { connection } = useServices();
	const [changes, setChanges] = useState<readonly Alias[]>([]);
	async function load(): Promise<void> {
		try {
			setChanges((await connection.client.server.aliasHistory({ name: alias.name })).changes);
		} catch {
			// The connection's own notice says so; the menu stays empty.
		}
	}
	const earlier = changes.filter(({ id, recipe }) => id !== alias.id && recipe !== null);
	return (
		<Menu
			onOpenChange={(open) => {
				if (open) void load();
			}}
			trigger={
				<Button icon={History} aria-label={t('History of {name}', { name: alias.name })}>
					{t('History')}
				</Button>
			}
		>
			{earlier.map((change) => (
				<MenuItem key={change.id} onSelect={() => onRestore(change)}>
					{t('{time}: {recipe}', { time: formatFullTime(change.setAt), recipe: recipeWords(change) })}
				</MenuItem>
			))}
			{earlier.length === 0 ? <p className="px-2 py-1 text-xs text-ink-3">{t('No earlier changes')}</p> : null}
		</Menu>
	);
}

function AliasForm({ onSet }: { onSet: (name: string, modelFileId: number, presetId: number | null) => void }) {
	const { models, presets } = useServices();
	const files = useStore(models.state, (state) => state.models).filter(({ chat, problem }) => chat && problem === null);
	const all = useStore(presets.state);
	const [name, setName] = useState('');
	const [model, setModel] = useState('');
	const [preset, setPreset] = useState('');
	const chosen = files.find(({ id }) => String(id) === model) ?? files.find((file) => file.default) ?? files[0];
	const typed = name.trim();
	const fault =
		typed === '' || aliasNameSchema.safeParse(typed).success
			? undefined
			: t('Letters, digits and . _ : / @ + -, without spaces');
	function set(): void {
		if (typed === '' || fault !== undefined || chosen === undefined) return;
		onSet(typed, chosen.id, preset === '' ? null : Number(preset));
		setName('');
	}
	return (
		<div className="flex flex-wrap items-end gap-1.5">
			<div className="min-w-40 flex-1">
				<TextField
					label={t('New alias')}
					placeholder={exampleAlias}
					mono
					maxLength={100}
					autoComplete="off"
					value={name}
					error={fault}
					onChange={(event) => setName(event.target.value)}
					onKeyDown={(event) => {
						if (event.key === 'Enter') set();
					}}
				/>
			</div>
			<Select
				label={t('Model of the alias')}
				value={chosen === undefined ? '' : String(chosen.id)}
				onChange={setModel}
				options={files.map((file) => ({ value: String(file.id), words: `${file.name} ${file.quantization}`.trim() }))}
			/>
			<Select
				label={t('Preset of the alias')}
				value={preset}
				onChange={setPreset}
				options={[
					{ value: '', words: t('No preset') },
					...all.map((one) => ({ value: String(one.id), words: one.name })),
				]}
			/>
			<Button icon={Plus} onClick={set}>
				{t('Set alias')}
			</Button>
		</div>
	);
}
