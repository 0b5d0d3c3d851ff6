import { type ReactNode, useMemo } from 'react';
import { useStore } from 'zustand';
import { groupModels, type ModelGroup } from '../../electron/contract/library/model-groups.ts';
import { describeQuality } from '../../electron/contract/library/quality.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { MenuParts } from '../design/menu.tsx';
import { translate } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { distinguish } from './model-rows.ts';

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Groups the files that can write into models, by name. */
export function toChoices(files: readonly ModelFile[]): readonly ModelGroup[] {
	const usable = files.filter(({ problem, kind }) => problem === null && kind === 'model');
	return groupModels(usable).toSorted((a, b) => byName.compare(a.name, b.name));
}

/** Returns the models to choose from, as the Models screen groups them. */
export function useModelChoices(): readonly ModelGroup[] {
	const { models } = useServices();
	const files = useStore(models.state, (state) => state.models);
	return useMemo(() => toChoices(files), [files]);
}

/** The files of one model in a menu, under its name if there are several. */
export function ModelGroupChoices({ group, children }: { group: ModelGroup; children: ReactNode }) {
	if (group.files.length === 1) return children;
	return (
		<MenuParts.Group>
			<MenuParts.GroupLabel className="truncate px-2 pt-2 pb-0.5 text-xs font-medium text-ink-3">
				{group.name}
			</MenuParts.GroupLabel>
			{children}
		</MenuParts.Group>
	);
}

/** One file in a menu: its quality under the model's name, or the name of a model that has one file. */
export function ModelChoiceLabel({
	file,
	group,
	note,
}: {
	file: ModelFile;
	group: ModelGroup;
	/** Its state; null: nothing to say. */
	note: string | null;
}) {
	const alone = group.files.length === 1;
	return (
		<>
			{alone ? (
				<span className="min-w-0 flex-1 truncate">{group.name}</span>
			) : (
				<span className="min-w-0 flex-1 truncate" title={file.path}>
					{/* A reader hears the name with each file. */}
					<span className="sr-only">{group.name} </span>
					<span className="inline-block min-w-13 font-mono text-xs">{file.quantization}</span>{' '}
					<span className="text-ink-3">
						{distinguish(file, group) ?? translate(describeQuality(file.quantization) ?? '')}
					</span>
				</span>
			)}
			{note === null ? null : <span className="text-xs text-ink-3">{note}</span>}
			{alone ? <span className="font-mono text-xs text-ink-3">{file.quantization}</span> : null}
		</>
	);
}
