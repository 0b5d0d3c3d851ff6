import { Box, Check, ChevronDown, Play, Power, RotateCcw, Tag } from 'lucide-react';
import { useStore } from 'zustand';
import type { ModelGroup } from '../../../electron/contract/library/model-groups.ts';
import type { ModelFile } from '../../../electron/contract/library/schema.ts';
import { runOrToast } from '../../app/run-or-toast.ts';
import { Dot } from '../../design/badge.tsx';
import { formatBytes, formatCount, formatList } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem, MenuLine, MenuParts, menuRowClass } from '../../design/menu.tsx';
import { Spinner } from '../../design/spinner.tsx';
import { describeLoadState, type LoadState } from '../../library/load-state.ts';
import { ModelChoiceLabel, ModelGroupChoices, useModelChoices } from '../../library/model-choices.tsx';
import { shortenModelName } from '../../library/model-name.ts';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { useReloadable } from '../../settings/use-reloadable.ts';
import { useAdapters } from '../use-adapters.ts';
import { useAnswerSettings } from '../use-answer-settings.ts';
import { useChosenModel } from '../use-chosen-model.ts';

const chip =
	'inline-flex h-7 min-w-0 items-center gap-1.5 rounded-[8px] bg-hover pr-[7px] pl-2.5 text-xs whitespace-nowrap hover:bg-selected data-popup-open:bg-selected';

/** The answering model and its state, with a menu to choose another, load it or unload it. */
export function ModelChip() {
	const services = useServices();
	const { layout, models, thread } = services;
	const groups = useModelChoices();
	const { model, state } = useChosenModel();
	if (model === undefined) {
		return (
			<button type="button" className={chip} onClick={() => layout.go({ section: 'models' })}>
				<Dot tone="idle" />
				<b className="font-medium">{t('No model')}</b>
				<span className="font-medium text-accent-ink">{t('Download one')}</span>
			</button>
		);
	}
	const standing = describeLoadState(model, state);
	const failed = standing.text === 'Stopped working';
	return (
		<>
			<Menu
				align="start"
				side="top"
				width={320}
				trigger={
					<button type="button" className={chip}>
						<span className="sr-only">{t('Model:')}</span>
						<StandingMark standing={standing} />
						<b className="truncate font-medium">{shortenModelName(model.name)}</b>
						<span className="text-ink-2">{model.quantization}</span>
						<AppliedAdapters model={model} />
						{standing.tone === 'idle' ? (
							<span className="sr-only">{standing.text}</span>
						) : (
							<span
								className={`tabular-nums ${standing.tone === 'good' ? 'text-ink-2 @max-2xl:sr-only' : 'text-ink-2'}`}
							>
								{standing.text}
							</span>
						)}
						<Icon of={ChevronDown} size={14} className="text-ink-3" />
					</button>
				}
			>
				<MenuParts.RadioGroup
					value={model.id}
					onValueChange={(id: number) => void runOrToast(services, () => thread.setModel(id))}
				>
					{groups.map((group) => (
						<ModelGroupChoices key={group.key} group={group}>
							{group.files.map((file) => (
								<ModelChoice key={file.id} file={file} group={group} />
							))}
						</ModelGroupChoices>
					))}
				</MenuParts.RadioGroup>
				<AliasChoices />
				<MenuLine />
				{state?.state === 'loaded' ? (
					<MenuItem
						icon={Power}
						keys={formatBytes(state.residentBytes)}
						onSelect={() => void runOrToast(services, () => models.unload(model.id))}
					>
						{t('Unload {name}', { name: shortenModelName(model.name) })}
					</MenuItem>
				) : state?.state === 'loading' || model.problem !== null ? null : (
					<MenuItem icon={Play} onSelect={() => void models.load(model.id)}>
						{t('Load {name} now', { name: shortenModelName(model.name) })}
					</MenuItem>
				)}
				<MenuItem icon={Box} onSelect={() => layout.go({ section: 'models' })}>
					{t('Manage models')}
				</MenuItem>
			</Menu>
			{failed ? (
				<button
					type="button"
					onClick={() => void models.load(model.id)}
					className="inline-flex h-7 items-center gap-1 rounded-[8px] px-1.5 text-xs font-medium text-accent-ink hover:bg-hover"
				>
					<Icon of={RotateCcw} size={14} />
					{t('Reload')}
				</button>
			) : null}
		</>
	);
}

/** The LoRA adapters that the next answer gets, beside the model's name; nothing without any. */
function AppliedAdapters({ model }: { model: ModelFile }) {
	const { models } = useServices();
	const all = useStore(models.state, (state) => state.adapters);
	const { options, preset } = useAnswerSettings();
	const { uses, foreign } = useAdapters(options, preset?.adapters);
	const names = [
		...uses.flatMap(({ id, scale }) => {
			const adapter = all.find((one) => one.id === id);
			return adapter?.problem === null && adapter.fits.includes(model.id) && scale !== 0 ? [adapter.name] : [];
		}),
		...foreign.map(({ path }) => path.split(/[\\/]/).at(-1) ?? path),
	];
	const [first] = names;
	if (first === undefined) return null;
	return (
		<span className="min-w-0 text-ink-2" title={formatList(names)}>
			<span className="block max-w-40 truncate @max-2xl:sr-only">
				+{' '}
				{names.length === 1 ? first : t('{count, plural, one {# adapter} other {# adapters}}', { count: names.length })}
			</span>
			{/* Beside a narrow field, the model's name needs the room. */}
			<span aria-hidden className="hidden @max-2xl:inline">
				+{formatCount(names.length)}
			</span>
		</span>
	);
}

/** Names that stand for a model with a recipe; nothing if there are none. */
function AliasChoices() {
	const services = useServices();
	const { connection, thread } = services;
	const known = useReloadable(async () => (await connection.client.server.aliases()).aliases);
	const aliases = (known.value ?? []).flatMap(({ id, name, modelFileId, modelName, recipe }) =>
		modelFileId === null || recipe === null ? [] : { id, name, modelFileId, modelName, recipe },
	);
	if (aliases.length === 0) return null;
	return (
		<MenuParts.Group>
			<MenuParts.GroupLabel className="truncate px-2 pt-2 pb-0.5 text-xs font-medium text-ink-3">
				{t('Aliases')}
			</MenuParts.GroupLabel>
			{aliases.map(({ id, name, modelFileId, modelName, recipe }) => (
				<MenuItem
					key={id}
					icon={Tag}
					keys={shortenModelName(modelName)}
					onSelect={() => void runOrToast(services, () => thread.applyRecipe(modelFileId, recipe))}
				>
					{name}
				</MenuItem>
			))}
		</MenuParts.Group>
	);
}

function StandingMark({ standing: { tone } }: { standing: LoadState }) {
	return tone === 'busy' ? <Spinner /> : <Dot tone={tone} />;
}

function ModelChoice({ file, group }: { file: ModelFile; group: ModelGroup }) {
	const { models } = useServices();
	const state = useStore(models.state, ({ states }) => states[file.id]);
	const standing = describeLoadState(file, state);
	const usable = file.problem === null;
	return (
		<MenuParts.RadioItem value={file.id} disabled={!usable} closeOnClick className={menuRowClass}>
			<span className="grid size-3.5 flex-none place-items-center">
				<MenuParts.RadioItemIndicator>
					<Icon of={Check} size={14} className="text-accent-ink" />
				</MenuParts.RadioItemIndicator>
			</span>
			<ModelChoiceLabel
				file={file}
				group={group}
				note={usable && file.chat && standing.tone === 'idle' ? (file.default ? t('Default') : null) : standing.text}
			/>
		</MenuParts.RadioItem>
	);
}
