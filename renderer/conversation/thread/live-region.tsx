import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services.ts';
import type { LiveAnswer } from '../live-answer.ts';
import { nextSentences } from './sentences.ts';

/** A screen reader needs time: announcements are at least this far apart, ms. */
const pauseMs = 1_500;

/** Tells screen readers new answer text sentence by sentence, and when an answer has ended. */
export function LiveRegion() {
	const { thread } = useServices();
	const live = useStore(thread.generations.state, (lives) => [...lives.values()].at(-1));
	const [announced, setAnnounced] = useState('');
	useEffect(() => {
		if (live === undefined) return;
		const stop = announce(live, setAnnounced);
		return () => {
			stop();
			setAnnounced('Answer ended');
		};
	}, [live]);
	return (
		<p aria-live="polite" className="sr-only">
			{announced}
		</p>
	);
}

function announce(live: LiveAnswer, say: (text: string) => void): () => void {
	let told = 0;
	const timer = setInterval(() => {
		const state = live.state.getState();
		if (state.phase !== 'writing') return;
		const { text, end } = nextSentences(state.text, told);
		if (end === told) return;
		told = end;
		say(text);
	}, pauseMs);
	return () => clearInterval(timer);
}
