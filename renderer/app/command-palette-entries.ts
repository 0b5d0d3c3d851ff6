import { BrainCircuit, MessageSquare } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { SearchHit } from '../../electron/contract/search/schema.ts';
import { phrase } from '../../models/contract/message-syntax.ts';
import { listComparisonCommands } from '../comparison/comparison-commands.ts';
import { openMessage } from '../conversation/actions.ts';
import { recentConversations } from '../conversation/organise/organisation-store.ts';
import { listCommandsOfDatasets } from '../dataset/dataset-commands.ts';
import { listCommandsOfCollections } from '../documents/document-commands.ts';
import { listRunCommands } from '../evaluation/run-commands.ts';
import { listModelCommands } from '../library/model-commands.ts';
import { useFoundFacts } from '../memory/found-facts.tsx';
import { openFact } from '../memory/memory-actions.ts';
import { withEnglish } from '../messages/english.ts';
import { pageLocale } from '../messages/page-locale.ts';
import { listPresetCommands } from '../preset/preset-commands.ts';
import { listPromptCommands } from '../prompt/prompt-commands.ts';
import { type Services, useServices } from '../services.ts';
import { listSettingRows } from '../settings/settings-commands.ts';
import type { Command, CommandGroup } from './command.ts';
import { listCommands } from './commands.ts';
import { matchCommand } from './fuzzy-match.ts';
import { formatShortcut } from './keyboard/key-bindings.ts';

export interface PaletteEntry {
	id: string;
	group: CommandGroup;
	icon: Command['icon'];
	/** Matches are enclosed in U+E000 and U+E001, as in search results. */
	label: string;
	detail?: string;
	keys?: string;
	run: () => void;
}

const maxConversations = 7;

/** Where the commands of each group come from, and how many of them are shown at most. */
const groups: readonly (readonly [group: CommandGroup, list: (services: Services) => Command[], most: number])[] = [
	[phrase('Commands'), listCommands, 7],
	[phrase('Models'), listModelCommands, 6],
	[phrase('Datasets'), listCommandsOfDatasets, 6],
	[phrase('Documents'), listCommandsOfCollections, 6],
	[phrase('Runs'), listRunCommands, 6],
	[phrase('Comparisons'), listComparisonCommands, 5],
	[phrase('Prompts'), listPromptCommands, 5],
	[phrase('Presets'), listPresetCommands, 5],
	[phrase('Settings'), listSettingRows, 5],
];

/** Conversations found by their content rank after commands that fit a word, and before those that fit loosely. */
const conversationScore = 45;

/** Pause in typing before the search starts, in ms. */
const typingPauseMs = 60;

/**
 * Lists the palette entries for `query`: commands of the page and of every object, settings, facts, and conversations
 * (also by content). The group with the best match comes first.
 */
export function usePaletteEntries(query: string): readonly PaletteEntry[] {
	const services = useServices();
	const { connection, conversations, organisation } = services;
	const loose = useStore(conversations.state, (state) => state.conversations);
	const placed = useStore(organisation.state);
	useChanges(services);
	const [hits, setHits] = useState<readonly SearchHit[]>([]);
	const text = query.trim();
	useEffect(() => {
		if (text === '') return setHits([]);
		const controller = new AbortController();
		const timer = setTimeout(() => {
			connection.client.search.find({ text, limit: maxConversations }, { signal: controller.signal }).then(
				(found) => setHits(found.hits),
				() => {},
			);
		}, typingPauseMs);
		return () => {
			clearTimeout(timer);
			controller.abort();
		};
	}, [text, connection]);

	const facts = useFoundFacts(text);
	const ofFacts = facts.map(({ id, text: label }): PaletteEntry => {
		return {
			...{ id: `fact-${id}`, group: phrase('Facts'), icon: BrainCircuit, label },
			run: () => openFact(services, { text: label }),
		};
	});

	// Without a query, only the general commands.
	const asked = text === '' ? groups.slice(0, 1) : groups;
	const found = asked.map(([group, list, most]) => findEntries(group, list(services), text, most));
	const ofConversations: readonly PaletteEntry[] =
		text === ''
			? recentConversations(loose, placed, 4).map(({ id, title }) => ({
					id: `conversation-${id}`,
					group: phrase('Conversations'),
					icon: MessageSquare,
					label: title,
					run: () => openMessage(services, { conversationId: id, messageId: null }),
				}))
			: hits.map((hit) => ({
					id: `hit-${hit.conversationId}-${hit.messageId}`,
					group: 'Conversations',
					icon: MessageSquare,
					label: hit.title,
					...(hit.messageId === null ? {} : { detail: hit.snippet }),
					run: () => openMessage(services, hit),
				}));
	const score = text === '' ? -1 : conversationScore;
	return [...found, { entries: ofConversations, score }, { entries: ofFacts, score }]
		.toSorted((a, b) => b.score - a.score)
		.flatMap(({ entries }) => entries);
}

/** Renders again when anything that the palette lists has changed. */
function useChanges({
	comparisons,
	datasets,
	documents,
	evaluations,
	models,
	presets,
	prompts,
	settings,
}: Services): void {
	const [, setChanges] = useState(0);
	useEffect(() => {
		const count = () => setChanges((before) => before + 1);
		const stops = [comparisons, datasets, documents, evaluations, models, presets, prompts, settings].map(({ state }) =>
			(state as { subscribe: (listener: () => void) => () => void }).subscribe(count),
		);
		return () => {
			for (const stop of stops) stop();
		};
	}, [comparisons, datasets, documents, evaluations, models, presets, prompts, settings]);
}

/** Returns the entries that fit best, best first, with the score of the best; equal ones keep their order. */
function findEntries(
	group: CommandGroup,
	commands: readonly Command[],
	text: string,
	most: number,
): { entries: readonly PaletteEntry[]; score: number } {
	const matches = commands.flatMap((command) => {
		const match = matchCommand(text, command.label, otherWords(command));
		return match === null ? [] : [{ command, match }];
	});
	const best = matches.toSorted((a, b) => b.match.score - a.match.score).slice(0, most);
	return {
		score: best[0]?.match.score ?? Number.NEGATIVE_INFINITY,
		entries: best.map(({ command, match }) => ({
			id: command.id,
			group,
			icon: command.icon,
			label: highlightRanges(command.label, match.positions),
			...(command.detail === undefined ? {} : { detail: command.detail }),
			...(command.shortcut === undefined ? {} : { keys: formatShortcut(command.shortcut) }),
			run: command.run,
		})),
	};
}

/** In another language, commands are also found by their English names and synonyms. */
function otherWords({ label, synonyms = '' }: Command): string {
	return pageLocale().tag === 'en' ? synonyms : `${withEnglish(label)} ${withEnglish(synonyms)}`;
}

/** Encloses runs of matched letters in the search's markers. */
function highlightRanges(label: string, positions: readonly number[]): string {
	const matched = new Set(positions);
	let text = '';
	for (let at = 0; at < label.length; at += 1) {
		if (matched.has(at) && !matched.has(at - 1)) text += '\uE000';
		text += label.charAt(at);
		if (matched.has(at) && !matched.has(at + 1)) text += '\uE001';
	}
	return text;
}
