import { Plus, X } from 'lucide-react';
import { useStore } from 'zustand';
import type { ModelOptions } from '../../../../electron/contract/model/own.ts';
import type { ModelFile } from '../../../../electron/contract/model.ts';
import { canAdapt, canDraft } from '../../../../models/contract/load-limits.ts';
import { Button, IconButton } from '../../../design/button.tsx';
import { Select } from '../../../design/field/select.tsx';
import { Slider } from '../../../design/field/slider.tsx';
import { Menu, MenuItem } from '../../../design/menu.tsx';
import { useServices } from '../../../services.ts';
import { FieldLabel } from './field-label.tsx';

type Adapter = NonNullable<ModelOptions['adapters']>[number];

/** The name of a file of the library, or of a path that it does not have. */
function nameOf(files: readonly ModelFile[], path: string): string {
	return files.find((file) => file.path === path)?.name ?? path.split(/[\\/]/).at(-1) ?? path;
}

/** LoRA adapters on top of the weights, each with its scale. */
export function AdapterFields({
	model,
	adapters,
	onChange,
}: {
	model: ModelFile;
	adapters: readonly Adapter[];
	onChange: (adapters: readonly Adapter[]) => void;
}) {
	const { models } = useServices();
	const files = useStore(models.state, (state) => state.models);
	const offered = files.filter((file) => canAdapt(model, file) && !adapters.some(({ path }) => path === file.path));
	return (
		<section aria-label="LoRA adapters" className="flex flex-col gap-2">
			<FieldLabel of="LoRA adapters" changed={adapters.length > 0} />
			{adapters.map((adapter, index) => (
				<div key={adapter.path} className="flex items-start gap-1">
					<div className="min-w-0 flex-1">
						<Slider
							label={nameOf(files, adapter.path)}
							value={adapter.scale}
							min={0}
							max={2}
							step={0.05}
							changed={adapter.scale !== 1}
							title="1 is what it was trained at, 0 none of it."
							onChange={(scale) => onChange(adapters.map((one, at) => (at === index ? { ...one, scale } : one)))}
						/>
					</div>
					<IconButton
						icon={X}
						size="sm"
						label={`Without ${nameOf(files, adapter.path)}`}
						onClick={() => onChange(adapters.filter((_, at) => at !== index))}
					/>
				</div>
			))}
			{offered.length > 0 ? (
				<Menu
					align="start"
					trigger={
						<Button size="sm" icon={Plus} className="self-start">
							Add an adapter
						</Button>
					}
				>
					{offered.map(({ path, name }) => (
						<MenuItem key={path} onSelect={() => onChange([...adapters, { path, scale: 1 }])}>
							{name}
						</MenuItem>
					))}
				</Menu>
			) : adapters.length === 0 ? (
				<p className="text-xs text-ink-3">The library has no adapter for {model.architecture} models.</p>
			) : null}
		</section>
	);
}

/** Whether several tokens are guessed at once, and from what. */
export function DraftingField({
	model,
	drafting,
	onChange,
}: {
	model: ModelFile;
	drafting: ModelOptions['drafting'];
	onChange: (drafting: ModelOptions['drafting']) => void;
}) {
	const { models } = useServices();
	const files = useStore(models.state, (state) => state.models);
	const drafts = files.filter((file) => canDraft(model, file));
	const chosen = typeof drafting === 'object' ? drafting.path : (drafting ?? 'off');
	const unknown =
		typeof drafting === 'object' && !drafts.some(({ path }) => path === drafting.path)
			? [{ value: drafting.path, words: nameOf(files, drafting.path) }]
			: [];
	return (
		<section aria-label="Guessing ahead">
			<FieldLabel of="Guess several tokens at once" changed={chosen !== 'off'} />
			<Select
				label="Guess several tokens at once"
				value={chosen}
				options={[
					{ value: 'off', words: 'Off' },
					{ value: 'lookup', words: 'From the text so far' },
					...drafts.map(({ path, name, quantization }) => ({ value: path, words: `With ${name} ${quantization}` })),
					...unknown,
				]}
				onChange={(next) => onChange(next === 'off' ? undefined : next === 'lookup' ? 'lookup' : { path: next })}
			/>
			<p className="mt-1 text-xs text-ink-3">
				{chosen === 'off'
					? 'Faster where answers repeat their prompt: code, summaries, corrections.'
					: 'The line under an answer says how many guesses were right. Answers may differ by rounding.'}
			</p>
		</section>
	);
}
