import { useStore } from 'zustand';
import type { Adapter, AdapterUse } from '../../electron/contract/adapters/schema.ts';
import type { AnswerOptions } from '../../electron/contract/conversation/schema.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { ChangedDot } from '../design/changed-dot.tsx';
import { AdapterScale, AddAdapterMenu } from '../library/adapter-scale.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { useAdapters } from './use-adapters.ts';
import { useChosenModel } from './use-chosen-model.ts';

/** Why an adapter is not applied. */
function explainUnused(adapter: Adapter | undefined): string {
	if (adapter === undefined) return t('No longer in the library: it is not applied.');
	return adapter.problem?.message ?? t('Not made for this model: it is not applied.');
}

/** The LoRA adapters of this conversation's answers. Hidden while there is none to choose. */
export function AdapterField({
	options,
	usual,
}: {
	options: AnswerOptions;
	/** Those of the preset, for a conversation that starts. */
	usual: readonly AdapterUse[] | undefined;
}) {
	const services = useServices();
	const { models, thread, toasts } = services;
	const all = useStore(models.state, (state) => state.adapters);
	const { model } = useChosenModel();
	const storedId = useStore(thread.state, (now) => (now.status === 'ready' ? now.conversation.id : undefined));
	const { uses, foreign } = useAdapters(options, usual);
	const fitting = all.filter(({ fits, problem }) => problem === null && model !== undefined && fits.includes(model.id));
	const offered = fitting.filter(({ id }) => !uses.some((use) => use.id === id));
	if (uses.length === 0 && foreign.length === 0 && offered.length === 0) return null;
	const nameOf = (id: number): string => all.find((one) => one.id === id)?.name ?? t('Removed adapter');
	const set = (next: readonly AdapterUse[] | null, of?: number): void =>
		void runOrToast(services, () => thread.setAdapters(next, options, of));
	function remove({ id }: AdapterUse): void {
		// None at all is a choice: those of the preset or of the load settings would come back.
		set(uses.filter((use) => use.id !== id));
		toasts.show({
			text: t('Answers without {name} from now on', { name: nameOf(id) }),
			action: { label: t('Undo'), run: () => set(options.adapters ?? null, storedId) },
		});
	}
	return (
		<section aria-label={t('LoRA adapters')} className="flex flex-col gap-2">
			<h3 className="flex items-center text-ink-2">
				{t('LoRA adapters')}
				{options.adapters === undefined ? null : <ChangedDot />}
			</h3>
			{uses.length === 0 ? null : (
				<ul className="flex flex-col gap-2">
					{uses.map((use) => (
						<AdapterScale
							key={use.id}
							name={nameOf(use.id)}
							scale={use.scale}
							note={fitting.some(({ id }) => id === use.id) ? null : explainUnused(all.find(({ id }) => id === use.id))}
							onChange={(scale) => set(uses.map((one) => (one.id === use.id ? { ...one, scale } : one)))}
							onRemove={() => remove(use)}
						/>
					))}
				</ul>
			)}
			{foreign.map(({ path, scale }) => (
				<p key={path} className="truncate text-ink-3" title={path}>
					{path.split(/[\\/]/).at(-1)} × {scale}
				</p>
			))}
			{offered.length === 0 ? null : (
				<AddAdapterMenu
					offered={offered.map(({ id, name }) => ({ key: id, name }))}
					onAdd={(id) => set([...uses, { id, scale: 1 }])}
				/>
			)}
		</section>
	);
}
