import { BrainCircuit } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Fact } from '../../electron/contract/memory/schema.ts';
import { formatRoute } from '../app/route.ts';
import { Icon } from '../design/icon.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { factsRoute, openFact } from './memory-actions.ts';

/** Facts that a search shows: they stand beside what else it finds. */
const most = 4;

/** Pause in typing before the search starts, in ms. */
const typingPauseMs = 60;

/** The facts that contain the words of a search, last changed first; none without words. */
export function useFoundFacts(text: string): readonly Fact[] {
	const { connection, memory } = useServices();
	const revision = useStore(memory.state, (state) => state.revision);
	const [facts, setFacts] = useState<readonly Fact[]>([]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: changed facts are fetched again
	useEffect(() => {
		if (text === '') return setFacts([]);
		const controller = new AbortController();
		const timer = setTimeout(() => {
			const sought = { text, states: ['proposed' as const, 'accepted' as const], limit: most };
			connection.client.memory.list(sought, { signal: controller.signal }).then(
				(found) => setFacts(found.facts),
				() => {},
			);
		}, typingPauseMs);
		return () => {
			clearTimeout(timer);
			controller.abort();
		};
	}, [text, connection, revision]);
	return facts;
}

/** Above the conversations that a search finds: what is remembered. */
export function FoundFacts({ text }: { text: string }) {
	const services = useServices();
	const facts = useFoundFacts(text);
	if (facts.length === 0) return null;
	return (
		<ul aria-label={t('Facts')} className="mt-1.5 flex-none border-b border-line pb-1.5">
			{facts.map((fact) => (
				<li key={fact.id}>
					<a
						href={formatRoute(factsRoute)}
						onClick={(event) => {
							event.preventDefault();
							openFact(services, fact);
						}}
						className="flex gap-2 rounded-[6px] px-2 py-1.5 text-ink no-underline hover:bg-hover focus-visible:-outline-offset-2"
					>
						<Icon of={BrainCircuit} size={14} className="mt-0.5 flex-none text-ink-3" />
						<span className="foreign line-clamp-2 min-w-0 [overflow-wrap:anywhere]" dir="auto">
							{fact.text}
						</span>
					</a>
				</li>
			))}
		</ul>
	);
}
