import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { ChangedDot } from '../../design/field/changed-dot.tsx';
import { TextArea } from '../../design/field/text-field.tsx';
import { formatCount } from '../../design/format.ts';
import { useServices } from '../../services.ts';
import { runOrToast } from '../actions.ts';
import { formatTokens } from '../composer/meter/context-words.ts';
import { shownConversationId } from '../thread-state.ts';

/** The system prompt of the conversation on the screen. Stored when the field is left. */
export function SystemPromptField({ stored, changed }: { stored: string; changed: boolean }) {
	const services = useServices();
	const { tokenCount, thread } = services;
	const id = useStore(thread.state, shownConversationId);
	const cost = useStore(tokenCount.state, ({ known }) =>
		known === null ? null : formatTokens(known.system, known.exact),
	);
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
						: `${formatCount(text.length)} characters`
			}
			placeholder="The model’s own default"
			value={text}
			onChange={(event) => setText(event.target.value)}
			onBlur={() => {
				if (text !== stored) void runOrToast(services, () => thread.setSystemPrompt(text));
			}}
		/>
	);
}
