import { ChevronDown } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { OverflowPolicy } from '../../electron/contract/conversation/overflow.ts';
import { defaultSampling } from '../../models/contract/default-sampling.ts';
import { toFailure } from '../connection/failure.ts';
import { describePolicy, nameOfPolicy, overflowPolicies } from '../conversation/overflow/overflow-policies.ts';
import { Button } from '../design/button.tsx';
import { formatBytes } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { Select } from '../design/select.tsx';
import { Switch } from '../design/switch.tsx';
import { TextArea } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { PresetList } from '../preset/preset-list.tsx';
import { useServices } from '../services.ts';
import { SamplingFields } from './sampling-fields.tsx';
import { SettingRow } from './setting-row.tsx';

export function AnswersSection() {
	const { settings } = useServices();
	const stored = useStore(settings.state, (state) => state.systemPrompt);
	const sampling = useStore(settings.state, (state) => state.sampling);
	const overflow = useStore(settings.state, (state) => state.overflow);
	const modelTitles = useStore(settings.state, (state) => state.modelTitles);
	const [text, setText] = useState(stored);
	useEffect(() => setText(stored), [stored]);
	return (
		<>
			<DefaultModel />
			<TextArea
				label={t('System prompt for new conversations')}
				placeholder={t('Model default')}
				value={text}
				onChange={(event) => setText(event.target.value)}
				onBlur={() => {
					if (text !== stored) settings.change({ systemPrompt: text });
				}}
			/>
			<div className="flex flex-col gap-3.5">
				<SamplingFields
					sampling={sampling}
					base={defaultSampling}
					onChange={(part) => settings.change({ sampling: { ...settings.state.getState().sampling, ...part } })}
				/>
			</div>
			<Button className="self-start" onClick={() => settings.change({ sampling: defaultSampling })}>
				{t('Reset to defaults')}
			</Button>
			<SettingRow label={t('When the context is full')} description={describePolicy(overflow)}>
				<Select<OverflowPolicy>
					label={t('When the context is full')}
					value={overflow}
					onChange={(next) => settings.change({ overflow: next })}
					options={overflowPolicies.map((value) => ({ value, words: nameOfPolicy(value) }))}
				/>
			</SettingRow>
			<Switch
				label={t('Titles by the model')}
				description={t(
					'While nothing else is running, the model writes a title for each new conversation. Titles you wrote are never replaced.',
				)}
				checked={modelTitles}
				onChange={(next) => settings.change({ modelTitles: next })}
			/>
			<PresetList />
		</>
	);
}

/** Chooses the model that new conversations start with. */
function DefaultModel() {
	const { layout, models, toasts } = useServices();
	const files = useStore(models.state, (state) => state.models);
	const current = files.find((file) => file.default);
	async function choose(id: number): Promise<void> {
		try {
			await models.setDefault(id);
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	return (
		<SettingRow label={t('Model for new conversations')} description={t('You can switch models in any conversation.')}>
			{current === undefined ? (
				<Button onClick={() => layout.go({ section: 'models' })}>{t('Download a model')}</Button>
			) : (
				<Menu
					width={300}
					trigger={
						<Button className="max-w-72">
							<span className="truncate">
								{current.name} {current.quantization}
							</span>
							<Icon of={ChevronDown} size={14} className="text-ink-3" />
						</Button>
					}
				>
					{files
						.filter(({ problem, kind }) => problem === null && kind === 'model')
						.map((file) => (
							<MenuItem
								key={file.id}
								selected={file.default}
								keys={`${file.quantization}, ${formatBytes(file.sizeBytes)}`}
								onSelect={() => void choose(file.id)}
							>
								{file.name}
							</MenuItem>
						))}
				</Menu>
			)}
		</SettingRow>
	);
}
