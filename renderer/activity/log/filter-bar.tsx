import { X } from 'lucide-react';
import { useStore } from 'zustand';
import { Button } from '../../design/button.tsx';
import { ChoiceMenu } from '../../design/field/choice-menu.tsx';
import { Segmented } from '../../design/field/segmented.tsx';
import { SearchBox } from '../../design/rows/search-box.tsx';
import { useServices } from '../../services.ts';
import { allEntries, isNarrowed, parseLogKind } from './filter.ts';

const all = 'all';

const kinds: readonly { value: string; words: string }[] = [
	{ value: all, words: 'Everything' },
	{ value: 'answer', words: 'Answers' },
	{ value: 'load', words: 'Loads' },
	{ value: 'unload', words: 'Unloads' },
	{ value: 'crash', words: 'Crashes' },
	{ value: 'download', words: 'Downloads' },
	{ value: 'network', words: 'Network requests' },
	{ value: 'job', words: 'Jobs' },
];

const periods = [
	{ value: all, words: 'Any time' },
	{ value: '1', words: 'Today' },
	{ value: '7', words: 'Last 7 days' },
	{ value: '30', words: 'Last 30 days' },
];

/** Which entries are shown: by kind, how they ended, when, and words. */
export function LogFilterBar() {
	const { activityLog: log, layout } = useServices();
	const filter = useStore(log.state, (state) => state.filter);
	return (
		<div className="flex flex-none flex-wrap items-center gap-2 border-b border-line px-5 py-2">
			<ChoiceMenu
				label="What"
				value={filter.kind ?? all}
				options={kinds}
				onChange={(value) => layout.go({ section: 'activity', part: parseLogKind(value) })}
			/>
			<Segmented
				label="How it ended"
				value={filter.result ?? all}
				onChange={(value) => log.change({ result: value === all ? null : value })}
				options={[
					{ value: all, label: 'All' },
					{ value: 'failed', label: 'Failed' },
					{ value: 'blocked', label: 'Blocked' },
				]}
			/>
			<ChoiceMenu
				label="Time"
				value={filter.days === null ? all : String(filter.days)}
				options={periods}
				onChange={(value) => log.change({ days: value === all ? null : Number(value) })}
			/>
			<SearchBox
				className="min-w-36 flex-1"
				data-activity-search
				label="Search the log"
				placeholder="Model, host, purpose, reason"
				value={filter.text}
				maxLength={1000}
				onType={(text) => log.change({ text })}
			/>
			{isNarrowed(filter) ? (
				<Button
					kind="ghost"
					icon={X}
					onClick={() => {
						log.change(allEntries);
						layout.go({ section: 'activity', part: null });
					}}
				>
					Show all
				</Button>
			) : null}
		</div>
	);
}
