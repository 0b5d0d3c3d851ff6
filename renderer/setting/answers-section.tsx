import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { defaultSampling } from '../../models/contract/default-sampling.ts';
import { Button } from '../design/button.tsx';
import { TextArea } from '../design/field/text-field.tsx';
import { PresetList } from '../preset/preset-list.tsx';
import { useServices } from '../services.ts';
import { DefaultModel } from './default-model.tsx';
import { SamplingFields } from './sampling-fields.tsx';

export function AnswersSection() {
	const { settings } = useServices();
	const stored = useStore(settings.state, (state) => state.systemPrompt);
	const sampling = useStore(settings.state, (state) => state.sampling);
	const [text, setText] = useState(stored);
	useEffect(() => setText(stored), [stored]);
	return (
		<>
			<DefaultModel />
			<TextArea
				label="System prompt for new conversations"
				placeholder="The model’s own default"
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
				Back to the defaults
			</Button>
			<PresetList />
		</>
	);
}
