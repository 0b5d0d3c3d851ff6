import {
	Copy,
	Ellipsis,
	FolderOpen,
	type LucideIcon,
	MessageSquare,
	Minimize2,
	Pencil,
	Play,
	Power,
	Scale,
	Star,
	Trash2,
} from 'lucide-react';
import type { MouseEvent } from 'react';
import { useStore } from 'zustand';
import { fileToChatWith, type ModelGroup, mostExactFile } from '../../electron/contract/library/model-groups.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { getWindowBridge } from '../connection/window-bridge.ts';
import { IconButton, iconButtonClass } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { chatWith, compareFiles } from './model-actions.ts';

/** Why a model can't be chatted with. */
export const cannotChat = t('A base model is not trained to chat');

/** Visible while the row is pointed at or reached by the keyboard; always on a touch screen. */
const onDemand =
	'opacity-0 group-hover:opacity-100 group-focus-within:opacity-100 group-aria-selected:opacity-100 pointer-coarse:opacity-100';

function Action({
	icon,
	label,
	blocked,
	tabbable,
	onPress,
}: {
	icon: LucideIcon;
	label: string;
	blocked?: string | undefined;
	tabbable: boolean;
	onPress: () => void;
}) {
	return (
		<IconButton
			icon={icon}
			label={label}
			size="sm"
			blocked={blocked}
			tabIndex={tabbable ? 0 : -1}
			onClick={(event: MouseEvent) => {
				event.stopPropagation();
				onPress();
			}}
		/>
	);
}

/** Chat, compare and quantise a model; the rest in a menu. */
export function GroupActions({
	group,
	file,
	tabbable,
	onRemove,
}: {
	group: ModelGroup;
	/** The model's only file. */
	file?: ModelFile;
	tabbable: boolean;
	onRemove?: (file: ModelFile) => void;
}) {
	const services = useServices();
	const { name } = group;
	const answering = fileToChatWith(group);
	const exact = mostExactFile(group);
	if (exact?.kind !== 'model') {
		if (file === undefined || onRemove === undefined) return null;
		return (
			<span className="inline-flex justify-end">
				<FileMenu file={file} group={group} tabbable={tabbable} onRemove={onRemove} />
			</span>
		);
	}
	return (
		<span className="inline-flex flex-none items-center justify-end">
			<Action
				icon={MessageSquare}
				label={
					answering === undefined
						? t('Chat with {name}', { name })
						: t('Chat with {name} {quantization}', { name, quantization: answering.quantization })
				}
				blocked={answering === undefined ? cannotChat : undefined}
				tabbable={tabbable}
				onPress={() => answering !== undefined && void chatWith(services, answering.id)}
			/>
			<Action
				icon={Scale}
				label={t('Compare files of {name}', { name })}
				tabbable={tabbable}
				onPress={() => compareFiles(services, group)}
			/>
			<Action
				icon={Minimize2}
				label={t('Quantise {name}', { name })}
				tabbable={tabbable}
				onPress={() => services.models.view.setState({ dialog: { kind: 'quantize', modelId: exact.id } })}
			/>
			{file !== undefined && onRemove !== undefined ? (
				<FileMenu file={file} group={group} tabbable={tabbable} onRemove={onRemove} />
			) : (
				<Menu
					trigger={
						<button
							type="button"
							aria-label={t('More for {name}', { name })}
							tabIndex={tabbable ? 0 : -1}
							className={iconButtonClass('sm')}
							onClick={(event) => event.stopPropagation()}
						>
							<Icon of={Ellipsis} size={14} />
						</button>
					}
				>
					<Rename group={group} />
				</Menu>
			)}
		</span>
	);
}

function Rename({ group }: { group: ModelGroup }) {
	const { models } = useServices();
	return (
		<MenuItem icon={Pencil} keys="F2" onSelect={() => models.view.setState({ renaming: group.key })}>
			{t('Rename')}
		</MenuItem>
	);
}

/** Chat with one file of a model; the rest in a menu. */
export function FileActions(props: {
	file: ModelFile;
	group: ModelGroup;
	tabbable: boolean;
	onRemove: (file: ModelFile) => void;
}) {
	const services = useServices();
	const { file, tabbable } = props;
	return (
		<span className={`inline-flex items-center justify-end ${onDemand}`}>
			{file.kind === 'model' ? (
				<Action
					icon={MessageSquare}
					label={t('Chat with {name} {quantization}', { name: file.name, quantization: file.quantization })}
					blocked={file.chat ? undefined : cannotChat}
					tabbable={tabbable}
					onPress={() => void chatWith(services, file.id)}
				/>
			) : null}
			<FileMenu {...props} />
		</span>
	);
}

function FileMenu({
	file,
	group,
	tabbable,
	onRemove,
}: {
	file: ModelFile;
	group: ModelGroup;
	tabbable: boolean;
	onRemove: (file: ModelFile) => void;
}) {
	return (
		<Menu
			trigger={
				<button
					type="button"
					aria-label={t('More for {name} {quantization}', { name: file.name, quantization: file.quantization })}
					tabIndex={tabbable ? 0 : -1}
					className={iconButtonClass('sm')}
					onClick={(event) => event.stopPropagation()}
				>
					<Icon of={Ellipsis} size={14} />
				</button>
			}
		>
			<FileMenuItems file={file} group={group} onRemove={() => onRemove(file)} />
		</Menu>
	);
}

/** What can be done with one file: the same in its row and in the inspector. */
export function FileMenuItems({ file, group, onRemove }: { file: ModelFile; group: ModelGroup; onRemove: () => void }) {
	const services = useServices();
	const { models, toasts } = services;
	const state = useStore(models.state, ({ states }) => states[file.id]?.state);
	const bridge = getWindowBridge();
	const usable = file.problem === null && file.kind === 'model';
	return (
		<>
			{usable ? (
				<>
					{state === 'loaded' ? (
						<MenuItem icon={Power} onSelect={() => void runOrToast(services, () => models.unload(file.id))}>
							{t('Unload')}
						</MenuItem>
					) : (
						<MenuItem icon={Play} onSelect={() => void models.load(file.id)}>
							{t('Load')}
						</MenuItem>
					)}
					{file.default || !file.chat ? null : (
						<MenuItem icon={Star} onSelect={() => void runOrToast(services, () => models.setDefault(file.id))}>
							{t('Set as default')}
						</MenuItem>
					)}
					<MenuItem
						icon={Minimize2}
						onSelect={() => models.view.setState({ dialog: { kind: 'quantize', modelId: file.id } })}
					>
						{t('Quantise')}
					</MenuItem>
					<MenuLine />
				</>
			) : null}
			{file.problem === null && file.kind !== 'adapter' ? <Rename group={group} /> : null}
			{bridge ? (
				<MenuItem icon={FolderOpen} onSelect={() => void runOrToast(services, () => bridge.revealFile(file.path))}>
					{t('Show in folder')}
				</MenuItem>
			) : null}
			<MenuItem
				icon={Copy}
				onSelect={() =>
					void runOrToast(services, async () => {
						await navigator.clipboard.writeText(file.path);
						toasts.show({ text: t('Path copied') });
					})
				}
			>
				{t('Copy path')}
			</MenuItem>
			<MenuLine />
			<MenuItem icon={Trash2} danger onSelect={onRemove}>
				{t('Remove')}
			</MenuItem>
		</>
	);
}
