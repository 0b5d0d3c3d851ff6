import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { TextArea } from '../../design/field/text-field.tsx';
import { count } from '../../design/format.ts';
import { useServices } from '../../services.ts';
import { orToast } from '../actions.ts';
import { shownId } from '../thread.ts';

/** The system prompt of the conversation on the screen. Stored when the field is left. */
export function SystemPromptField() {
	const services = useServices();
	const { thread, settings } = services;
	const id = useStore(thread.state, shownId);
	const general = useStore(settings.state, (state) => state.systemPrompt);
	const stored = useStore(thread.state, (state) =>
		state.status === 'ready'
			? state.conversation.systemPrompt
			: state.status === 'new'
				? (state.systemPrompt ?? general)
				: '',
	);
	const [text, setText] = useState(stored);
	// biome-ignore lint/correctness/useExhaustiveDependencies: another conversation, even one with the same prompt
	useEffect(() => setText(stored), [stored, id]);
	return (
		<TextArea
			label="System prompt"
			hint={text === '' ? undefined : `${count(text.length)} characters`}
			placeholder="The model’s own default"
			value={text}
			onChange={(event) => setText(event.target.value)}
			onBlur={() => {
				if (text !== stored) void orToast(services, () => thread.setSystemPrompt(text));
			}}
		/>
	);
}
