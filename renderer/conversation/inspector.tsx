import { FlaskConical, RotateCcw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { AnswerOptions, MessagePrompt } from '../../electron/contract/conversation/schema.ts';
import { describeRecommended, type RecommendedSampling } from '../../models/contract/recommended-sampling.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { Button } from '../design/button.tsx';
import { ChangedDot } from '../design/changed-dot.tsx';
import { formatList } from '../design/format.ts';
import { PaneHeader } from '../design/headers.tsx';
import { NumberField } from '../design/number-field.tsx';
import { Switch } from '../design/switch.tsx';
import { TextArea } from '../design/text-field.tsx';
import { t, translate } from '../messages/t.ts';
import { isSamePrompt, setChoice } from '../preset/preset-choices.ts';
import { PresetPicker } from '../preset/preset-picker.tsx';
import { AnswerFormatField } from '../prompt/answer-format-field.tsx';
import { evaluateSystemPrompt } from '../prompt/evaluate-system-prompt.ts';
import { useServices } from '../services.ts';
import { SamplingFields } from '../settings/sampling-fields.tsx';
import { AdapterField } from './adapter-field.tsx';
import { describeTokens } from './composer/context-wording.ts';
import { OverflowField } from './overflow/overflow-field.tsx';
import type { ConversationChoices } from './thread/pending-options.ts';
import { shownConversationId } from './thread/thread-state.ts';
import { useAnswerSettings } from './use-answer-settings.ts';
import { useChosenModel } from './use-chosen-model.ts';

/** Smallest context that a model can be loaded with, in tokens. */
const leastContext = 128;

/** Settings for the next answers of this conversation; a dot marks those that differ from its preset. */
export function Inspector({ onClose }: { onClose?: () => void }) {
	const services = useServices();
	const { thread } = services;
	const { options, preset, base, sampling, contextSize, basePrompt, systemPrompt, prompt, recommended, changes } =
		useAnswerSettings();
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
		if (options.overflow !== undefined) {
			const rest = { ...options, sampling: {}, contextSize: null, answerFormat: undefined };
			void runOrToast(services, () => thread.setOverflow(null, rest));
		}
		const usual = preset?.prompt ?? null;
		if (preset !== null && !isSamePrompt(prompt, usual))
			void runOrToast(services, () => thread.setPrompt(usual, options));
		if (systemPrompt !== basePrompt) void runOrToast(services, () => thread.setSystemPrompt(basePrompt));
	}

	return (
		<>
			<PaneHeader heading={t('Settings')} onClose={onClose}>
				{changes > 0 ? (
					<Button kind="ghost" size="sm" icon={RotateCcw} onClick={reset}>
						{t('Reset')}
					</Button>
				) : null}
			</PaneHeader>
			<div className="flex min-h-0 flex-1 flex-col gap-3.5 overflow-x-hidden overflow-y-auto px-4 py-3.5">
				<PresetPicker settings={{ options, preset, systemPrompt, prompt, recommended, changes }} onReset={reset} />
				<SystemPromptField stored={systemPrompt} changed={systemPrompt !== basePrompt} />
				<AdapterField options={options} usual={preset?.adapters} />
				<OverflowField options={options} preset={preset} />
				<MemorySwitch options={options} />
				<AnswerFormatField value={options.answerFormat} onChange={(answerFormat) => set({ answerFormat })} />
				<Recommendation recommended={recommended} />
				<SamplingFields
					sampling={sampling}
					base={base}
					onChange={(part) => set({ sampling: setChoice(options.sampling, part, base) })}
				>
					<NumberField
						label={t('Context')}
						min={leastContext}
						max={Math.max(leastContext, model?.contextLength ?? 1_048_576)}
						step={leastContext}
						empty={t('Auto')}
						value={contextSize}
						changed={options.contextSize !== null}
						onChange={(value) => {
							if (value === null || value >= leastContext) set({ contextSize: value });
						}}
					/>
				</SamplingFields>
				<p className="text-xs text-pretty text-ink-3">
					{contextSize !== null && loadedContext !== null && contextSize !== loadedContext
						? t('The next answer reloads the model with the new context.')
						: preset === null
							? t('For this conversation. Values without a dot come from the settings.')
							: t('For this conversation. Values without a dot come from “{name}”.', { name: preset.name })}
				</p>
			</div>
			<EvaluatePrompt system={systemPrompt} applied={prompt} />
		</>
	);
}

/** Whether answers use what is remembered about the person, and messages propose more. Temporary conversations don't. */
function MemorySwitch({ options }: { options: AnswerOptions }) {
	const services = useServices();
	const { settings, thread } = services;
	const isOn = useStore(settings.state, (state) => state.memoryOn);
	const temporary = useStore(thread.state, ({ status }) => status === 'temporary');
	const usual = !temporary;
	const checked = options.memory ?? usual;
	return (
		<Switch
			label={t('Memory', {}, 'what is remembered about the person')}
			description={
				isOn
					? t('Uses what you told Assay to remember.')
					: t('Memory is off in the settings, so answers use none of it.')
			}
			checked={checked}
			changed={checked !== usual}
			onChange={(memory) => void runOrToast(services, () => thread.setMemory(memory, options))}
		/>
	);
}

/** The sampling that the model's authors recommend in its file, which applies where nothing else was chosen. */
function Recommendation({ recommended }: { recommended: RecommendedSampling | undefined }) {
	const values = recommended === undefined ? [] : describeRecommended(recommended, translate);
	if (recommended === undefined || values.length + recommended.notApplied.length === 0) return null;
	return (
		<p className="rounded-md border border-line bg-sunken px-2.5 py-1.5 text-xs text-pretty text-ink-2">
			{values.length === 0
				? null
				: t('The model’s file recommends {values}. Your own settings come first.', { values: formatList(values) })}
			{recommended.notApplied.length === 0 ? null : (
				<span className="foreign block text-ink-3">
					{t('Not supported here: {values}.', { values: formatList(recommended.notApplied) })}
				</span>
			)}
		</p>
	);
}

/** The system prompt of the conversation on the screen. It is stored when the field loses focus. */
function SystemPromptField({ stored, changed }: { stored: string; changed: boolean }) {
	const services = useServices();
	const { tokenCount, thread } = services;
	const id = useStore(thread.state, shownConversationId);
	const cost = useStore(tokenCount.state, ({ known }) =>
		known === null ? null : describeTokens(known.system, known.exact),
	);
	const [text, setText] = useState(stored);
	// biome-ignore lint/correctness/useExhaustiveDependencies: another conversation, even one with the same prompt
	useEffect(() => setText(stored), [stored, id]);
	return (
		<TextArea
			label={
				<>
					{t('System prompt')}
					{changed ? <ChangedDot /> : null}
				</>
			}
			hint={
				text === ''
					? undefined
					: text === stored && cost !== null
						? cost
						: t('{count, plural, one {# character} other {# characters}}', { count: text.length })
			}
			placeholder={t('The model’s own default')}
			value={text}
			onChange={(event) => setText(event.target.value)}
			onBlur={() => {
				if (text !== stored) void runOrToast(services, () => thread.setSystemPrompt(text));
			}}
		/>
	);
}

/** Starts an evaluation: measures this conversation's system prompt on samples instead of one question. */
function EvaluatePrompt({ system, applied }: { system: string; applied: MessagePrompt | null }) {
	const services = useServices();
	return (
		<div className="flex-none border-t border-line px-4 py-3">
			<Button
				icon={FlaskConical}
				className="w-full"
				onClick={() => void evaluateSystemPrompt(services, system, applied)}
			>
				{t('Evaluate this prompt')}
			</Button>
		</div>
	);
}
