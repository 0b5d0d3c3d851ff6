import { RotateCcw, X } from 'lucide-react';
import { useStore } from 'zustand';
import { defaultSampling } from '../../../models/contract/default-sampling.ts';
import type { Sampling } from '../../../models/contract/sampling.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { useServices } from '../../services.ts';
import { SamplingFields } from '../../setting/sampling-fields.tsx';
import { SystemPromptField } from './system-prompt-field.tsx';

/** What the next answers are made with: system prompt of this conversation, sampling of all. */
export function Inspector({ onClose }: { onClose?: () => void }) {
	const { settings } = useServices();
	const sampling = useStore(settings.state, (state) => state.sampling);
	const changed = isChanged(sampling);
	return (
		<>
			<header className="flex h-12 flex-none items-center gap-1 border-b border-line pr-2 pl-4">
				<h2 className="flex-1 text-[14px] font-semibold tracking-[-0.006em]">Settings</h2>
				{changed ? (
					<Button
						kind="ghost"
						size="sm"
						icon={RotateCcw}
						onClick={() => settings.change({ sampling: defaultSampling })}
					>
						Reset
					</Button>
				) : null}
				{onClose ? <IconButton icon={X} label="Close" onClick={onClose} /> : null}
			</header>
			<div className="flex min-h-0 flex-1 flex-col gap-3.5 overflow-x-hidden overflow-y-auto px-4 py-3.5">
				<SystemPromptField />
				<SamplingFields />
				<p className="text-xs text-ink-3">
					The system prompt belongs to this conversation. Sampling applies to every new answer.
				</p>
			</div>
		</>
	);
}

function isChanged(sampling: Sampling): boolean {
	return (Object.keys(defaultSampling) as (keyof Sampling)[]).some(
		(key) => JSON.stringify(sampling[key]) !== JSON.stringify(defaultSampling[key]),
	);
}
