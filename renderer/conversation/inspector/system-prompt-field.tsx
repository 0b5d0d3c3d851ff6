import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { ChangedDot } from '../../design/field/changed-dot.tsx';
import { TextArea } from '../../design/field/text-field.tsx';
import { count } from '../../design/format.ts';
import { useServices } from '../../services.ts';
import { orToast } from '../actions.ts';
import { tokens } from '../composer/meter/context-words.ts';
import { shownId } from '../thread-state.ts';

/** The system prompt of the conversation on the screen. Stored when the field is left. */
export function SystemPromptField({ stored, changed }: { stored: string; changed: boolean }) {
	const services = useServices();
	const { measure, thread } = services;
	const id = useStore(thread.state, shownId);
	const cost = useStore(measure.state, ({ known }) => (known === null ? null : tokens(known.system, known.exact)));
	const [text, setText] = useState(stored);
	// biome-ignore lint/correctness/useExhaustiveDependencies: another conversation, even one with the same prompt
	useEffect(() => setText(stored), [stored, id]);
	return (
		<TextArea
			label={
				<>
					System prompt
					{changed ? <ChangedDot /> : null}
				</>
			}
			hint={
				text === ''
					? undefined
					: text === stored && cost !== null
						? `${cost} tokens`
						: `${count(text.length)} characters`
			}
			placeholder="The model’s own default"
			value={text}
			onChange={(event) => setText(event.target.value)}
			onBlur={() => {
				if (text !== stored) void orToast(services, () => thread.setSystemPrompt(text));
			}}
		/>
	);
}
