import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services.ts';
import type { LiveAnswer } from '../answer/live-answer.ts';
import { createAnnouncer } from './screen-reader-announcer.ts';
import { shownConversationId } from './thread-state.ts';
import type { ThreadStore } from './thread-store.ts';

/** Interval between checks for a new announcement, in ms. */
const pollMs = 500;

/**
 * Announces new answer text to screen readers sentence by sentence, as fast as they can speak it, and how the answer
 * ended.
 */
export function ScreenReaderRegion() {
	const { thread } = useServices();
	const live = useStore(thread.generations.state, (lives) => [...lives.values()].at(-1));
	const shown = useStore(thread.state, shownConversationId);
	const [announced, setAnnounced] = useState('');
	useEffect(() => (live === undefined ? undefined : announce(thread, live, setAnnounced)), [live, thread]);
	// A reader that walks through another conversation must not come upon the last answer of this one.
	// biome-ignore lint/correctness/useExhaustiveDependencies: when another conversation is shown
	useEffect(() => setAnnounced(''), [shown]);
	return (
		<p aria-live="polite" className="sr-only">
			{announced}
		</p>
	);
}

function announce(thread: ThreadStore, live: LiveAnswer, say: (text: string) => void): () => void {
	const announcer = createAnnouncer(live.earlierText);
	const timer = setInterval(() => {
		const text = announcer.next(live.state.getState(), performance.now(), live.rounds.getState());
		if (text !== null) say(text);
	}, pollMs);
	return () => {
		clearInterval(timer);
		const now = thread.state.getState();
		const ended = now.status === 'ready' ? now.messages.find(({ id }) => id === live.messageId) : undefined;
		// Another conversation was opened, or the connection was lost: this answer continues unannounced.
		say(ended === undefined || ended.status === 'streaming' ? '' : announcer.end(ended));
	};
}
