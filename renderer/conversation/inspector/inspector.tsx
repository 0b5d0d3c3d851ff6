import { RotateCcw, X } from 'lucide-react';
import { Button, IconButton } from '../../design/button.tsx';
import { NumberField } from '../../design/field/number-field.tsx';
import { setChoice } from '../../preset/choices.ts';
import { PresetPicker } from '../../preset/preset-picker.tsx';
import { useServices } from '../../services.ts';
import { SamplingFields } from '../../setting/sampling-fields.tsx';
import { runOrToast } from '../actions.ts';
import { useChosenModel } from '../composer/use-chosen-model.ts';
import type { ConversationChoices } from '../pending-options.ts';
import { AnswerFormatField } from './answer-format-field.tsx';
import { EvaluatePrompt } from './evaluate-prompt.tsx';
import { SystemPromptField } from './system-prompt-field.tsx';
import { useAnswerSettings } from './use-manner.ts';

/** The smallest context that a model is loaded with, tokens. */
const leastContext = 128;

/** What the next answers of this conversation are made with; a dot marks what differs from its preset. */
export function Inspector({ onClose }: { onClose?: () => void }) {
	const services = useServices();
	const { thread } = services;
	const { options, preset, base, sampling, contextSize, basePrompt, systemPrompt, changes } = useAnswerSettings();
	const { model, state } = useChosenModel();
	const set = (part: Partial<ConversationChoices>) =>
		thread.setOptions(
			{
				sampling: options.sampling,
				contextSize: options.contextSize,
				answerFormat: options.answerFormat,
				...part,
			},
			options,
		);
	const loadedContext = state?.state === 'loaded' ? state.capabilities.contextSize : null;

	function reset(): void {
		set({ sampling: {}, contextSize: null, answerFormat: undefined });
		if (systemPrompt !== basePrompt) void runOrToast(services, () => thread.setSystemPrompt(basePrompt));
	}

	return (
		<>
			<header className="flex h-12 flex-none items-center gap-1 border-b border-line pr-2 pl-4">
				<h2 className="flex-1 text-[14px] font-semibold tracking-[-0.006em]">Settings</h2>
				{changes > 0 ? (
					<Button kind="ghost" size="sm" icon={RotateCcw} onClick={reset}>
						Reset
					</Button>
				) : null}
				{onClose ? <IconButton icon={X} label="Close" onClick={onClose} /> : null}
			</header>
			<div className="flex min-h-0 flex-1 flex-col gap-3.5 overflow-x-hidden overflow-y-auto px-4 py-3.5">
				<PresetPicker manner={{ options, preset, systemPrompt, changes }} onReset={reset} />
				<SystemPromptField stored={systemPrompt} changed={systemPrompt !== basePrompt} />
				<AnswerFormatField value={options.answerFormat} onChange={(answerFormat) => set({ answerFormat })} />
				<SamplingFields
					sampling={sampling}
					base={base}
					onChange={(part) => set({ sampling: setChoice(options.sampling, part, base) })}
				>
					<NumberField
						label="Context"
						min={leastContext}
						max={Math.max(leastContext, model?.contextLength ?? 1_048_576)}
						step={leastContext}
						empty="Auto"
						value={contextSize}
						changed={options.contextSize !== null}
						onChange={(value) => {
							if (value === null || value >= leastContext) set({ contextSize: value });
						}}
					/>
				</SamplingFields>
				<p className="text-xs text-pretty text-ink-3">
					{contextSize !== null && loadedContext !== null && contextSize !== loadedContext
						? 'The next answer loads the model again, with the new context.'
						: preset === null
							? 'For this conversation. What has no dot follows the settings.'
							: `For this conversation. What has no dot follows “${preset.name}”.`}
				</p>
			</div>
			<EvaluatePrompt system={systemPrompt} />
		</>
	);
}
