import { Box, FlaskConical, type LucideIcon, MessageSquare, ScrollText, Table2 } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { SearchHit } from '../../electron/contract/search/schema.ts';
import { openMessage } from '../conversation/actions.ts';
import { recentConversations } from '../conversation/organise/organisation-store.ts';
import { openRun } from '../evaluation/run-actions.ts';
import { describeCompared } from '../evaluation/run-wording.ts';
import { useServices } from '../services.ts';
import { listCommands } from './commands.ts';
import { fuzzyMatch } from './fuzzy-match.ts';
import { formatShortcut } from './keyboard/key-bindings.ts';
import { runOrToast } from './run-or-toast.ts';

export interface PaletteEntry {
	id: string;
	group: 'Commands' | 'Conversations' | 'Models' | 'Runs' | 'Datasets' | 'Prompts';
	icon: LucideIcon;
	/** Matches are enclosed in U+E000 and U+E001, as in search results. */
	label: string;
	detail?: string;
	keys?: string;
	run: () => void;
}

const maxCommands = 7;
const maxConversations = 7;
const maxModels = 5;
const maxRuns = 5;
const maxKept = 5;

/** Pause in typing before the search starts, in ms. */
const typingPauseMs = 60;

/**
 * Lists the palette entries for `query`: commands, conversations (also by content), models, runs, datasets and prompts.
 */
export function usePaletteEntries(query: string): readonly PaletteEntry[] {
	const services = useServices();
	const { connection, conversations, datasets, evaluations, models, organisation, prompts, thread } = services;
	const sets = useStore(datasets.state, (state) => state.datasets);
	const templates = useStore(prompts.state, (state) => state.prompts);
	const runs = useStore(evaluations.state, (state) => state.runs);
	const files = useStore(models.state, (state) => state.models);
	const loose = useStore(conversations.state, (state) => state.conversations);
	const placed = useStore(organisation.state);
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

	return useMemo(() => {
		const commands = listCommands(services).flatMap((command) => {
			const match = fuzzyMatch(text, command.label);
			if (match === null) return [];
			const entry: PaletteEntry = {
				id: command.id,
				group: 'Commands',
				icon: command.icon,
				label: highlightRanges(command.label, match.positions),
				...(command.shortcut === undefined ? {} : { keys: formatShortcut(command.shortcut) }),
				run: command.run,
			};
			return [{ entry, score: match.score }];
		});
		const best = commands.toSorted((a, b) => b.score - a.score).slice(0, maxCommands);
		const found: PaletteEntry[] =
			text === ''
				? recentConversations(loose, placed, 4).map(({ id, title }) => ({
						id: `conversation-${id}`,
						group: 'Conversations',
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
		const matching: PaletteEntry[] = files.flatMap((file) => {
			const match =
				text === '' || !file.chat || file.problem !== null
					? null
					: fuzzyMatch(text, `${file.name} ${file.quantization}`);
			if (match === null) return [];
			return [
				{
					id: `model-${file.id}`,
					group: 'Models' as const,
					icon: Box,
					label: `Answer with ${file.name}`,
					detail: file.quantization,
					run: () => void runOrToast(services, () => thread.setModel(file.id)),
				},
			];
		});
		const measured: PaletteEntry[] = runs.flatMap((run) => {
			const match = text === '' ? null : fuzzyMatch(text, run.name);
			if (match === null) return [];
			return [
				{
					id: `run-${run.id}`,
					group: 'Runs' as const,
					icon: FlaskConical,
					label: highlightRanges(run.name, match.positions),
					detail: describeCompared(run.arms),
					run: () => openRun(services, run.id),
				},
			];
		});
		/** Entries that are opened by name. */
		const named = (
			group: 'Datasets' | 'Prompts',
			icon: LucideIcon,
			all: readonly { readonly id: number; readonly name: string }[],
			open: (id: number) => void,
		): readonly PaletteEntry[] =>
			all
				.flatMap(({ id, name }) => {
					const match = text === '' ? null : fuzzyMatch(text, name);
					const label = match === null ? '' : highlightRanges(name, match.positions);
					return match === null ? [] : [{ id: `${group}-${id}`, group, icon, label, run: () => open(id) }];
				})
				.slice(0, maxKept);
		return [
			...best.map(({ entry }) => entry),
			...found,
			...matching.slice(0, maxModels),
			...measured.slice(0, maxRuns),
			...named('Datasets', Table2, sets, (datasetId) => services.layout.go({ section: 'datasets', datasetId })),
			...named('Prompts', ScrollText, templates, (promptId) => services.layout.go({ section: 'prompts', promptId })),
		];
	}, [text, hits, loose, placed, files, runs, sets, templates, services, thread]);
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
