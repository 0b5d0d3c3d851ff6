import { RotateCcw } from 'lucide-react';
import { useStore } from 'zustand';
import { usualPageTokens } from '../../electron/contract/writing/defaults.ts';
import { withRecommended } from '../../models/contract/recommended-sampling.ts';
import type { Sampling } from '../../models/contract/sampling.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { Button } from '../design/button.tsx';
import { PaneHeader } from '../design/headers.tsx';
import { t } from '../messages/t.ts';
import { applyChoices, setChoice } from '../preset/preset-choices.ts';
import { useServices } from '../services.ts';
import { SamplingFields } from '../settings/sampling-fields.tsx';
import { usePageModel } from './page-model-menu.tsx';

/** Values for what the model writes on this page; a dot marks those that differ from the settings. */
export function PageInspector({ onClose }: { onClose?: () => void }) {
	const services = useServices();
	const { pages, settings } = services;
	const page = useStore(pages.state, (state) => state.page);
	const usual = useStore(settings.state, (state) => state.sampling);
	const model = usePageModel();
	if (page === null) return null;
	const base: Sampling = { ...withRecommended(usual, model?.recommendedSampling), maxTokens: usualPageTokens };
	const set = (sampling: typeof page.sampling) =>
		void runOrToast(services, () => pages.setOptions(page.modelFileId, sampling));
	return (
		<>
			<PaneHeader heading={t('Settings')} onClose={onClose}>
				{Object.keys(page.sampling).length > 0 ? (
					<Button kind="ghost" size="sm" icon={RotateCcw} onClick={() => set({})}>
						{t('Reset')}
					</Button>
				) : null}
			</PaneHeader>
			<div className="flex min-h-0 flex-1 flex-col gap-3.5 overflow-x-hidden overflow-y-auto px-4 py-3.5">
				<SamplingFields
					sampling={applyChoices(base, page.sampling)}
					base={base}
					onChange={(part) => set(setChoice(page.sampling, part, base))}
				/>
				<p className="text-xs text-pretty text-ink-3">
					{t(
						'For this page. “Answer limit” is how many tokens the model writes at once. Values without a dot follow the settings.',
					)}
				</p>
			</div>
		</>
	);
}
