import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { OverflowPolicy } from '../contract/conversation/overflow.ts';
import type { MessagePrompt, Preset, PresetInput } from '../contract/conversation/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/database.ts';
import { all, get, run } from '../database/sql.ts';
import { readAdapters, writeAdapters } from './adapter-columns.ts';
import {
	choicesOf,
	type SamplingRow,
	samplingColumnNames,
	samplingPlaceholders,
	samplingValues,
	selectSampling,
	setSamplingColumns,
} from './sampling-columns.ts';

type Row = SamplingRow &
	Pick<Preset, 'id' | 'name' | 'systemPrompt' | 'contextSize' | 'createdAt' | 'updatedAt'> & {
		/** JSON; '': none. */
		readonly prompt: string;
		/** JSON; '': nothing chosen. */
		readonly adapters: string;
		readonly overflow: OverflowPolicy | '';
	};

const select = `SELECT id, name, system_prompt AS systemPrompt, context_size AS contextSize, message_prompt AS prompt, adapters, overflow, created_at AS createdAt,
  updated_at AS updatedAt, ${selectSampling()} FROM presets`;

/** Lists every preset, by name. */
export function listPresets(database: ReadableDatabase): readonly Preset[] {
	return all<Row>(database, `${select} ORDER BY name COLLATE NOCASE`).map(presetOf);
}

/** Returns undefined if there is none with this id. */
export function findPreset(database: ReadableDatabase, id: number): Preset | undefined {
	const row = get<Row>(database, `${select} WHERE id = :id`, { id });
	return row === undefined ? undefined : presetOf(row);
}

/** Throws Failure `preset-unknown`. */
export function getPreset(database: ReadableDatabase, id: number): Preset {
	const preset = findPreset(database, id);
	if (preset !== undefined) return preset;
	throw new Failure({
		code: 'preset-unknown',
		message: said`Preset ${id} no longer exists.`,
		next: [said`Choose another preset`],
	});
}

/** Expects clean texts. Throws Failure `preset-name-taken`. */
export function createPreset(database: WritableDatabase, input: PresetInput, now: number): Preset {
	assertNameFree(database, input.name, null);
	const { id } = run(
		database,
		`INSERT INTO presets (name, system_prompt, ${samplingColumnNames}, context_size, message_prompt, adapters, overflow,
		   created_at, updated_at)
		 VALUES (:name, :systemPrompt, ${samplingPlaceholders}, :contextSize, :prompt, :adapters, :overflow, :now, :now)`,
		{ ...valuesOf(input), now },
	);
	return getPreset(database, id);
}

/** Throws Failure `preset-unknown`, `preset-name-taken`. */
export function updatePreset(database: WritableDatabase, id: number, input: PresetInput, now: number): Preset {
	getPreset(database, id);
	assertNameFree(database, input.name, id);
	run(
		database,
		`UPDATE presets SET name = :name, system_prompt = :systemPrompt, ${setSamplingColumns},
		   context_size = :contextSize, message_prompt = :prompt, adapters = :adapters, overflow = :overflow, updated_at = :now
		 WHERE id = :id`,
		{ ...valuesOf(input), now, id },
	);
	return getPreset(database, id);
}

/** Deletes only the preset; `conversation/options/` first updates the conversations that use it. */
export function deletePreset(database: WritableDatabase, id: number): void {
	run(database, 'DELETE FROM presets WHERE id = :id', { id });
}

function presetOf({ id, name, systemPrompt, contextSize, prompt, createdAt, updatedAt, ...row }: Row): Preset {
	const adapters = readAdapters(row.adapters);
	return {
		id,
		name,
		systemPrompt,
		createdAt,
		updatedAt,
		sampling: choicesOf(row),
		contextSize,
		...(prompt === '' ? {} : { prompt: JSON.parse(prompt) as MessagePrompt }),
		...(adapters === undefined ? {} : { adapters }),
		...(row.overflow === '' ? {} : { overflow: row.overflow }),
	};
}

function valuesOf({ name, systemPrompt, sampling, contextSize, prompt, adapters, overflow }: PresetInput) {
	const text = prompt === undefined ? '' : JSON.stringify(prompt);
	return {
		name,
		systemPrompt,
		contextSize,
		prompt: text,
		adapters: writeAdapters(adapters),
		overflow: overflow ?? '',
		...samplingValues(sampling),
	};
}

function assertNameFree(database: ReadableDatabase, name: string, except: number | null): void {
	const taken = get<{ id: number; name: string }>(
		database,
		'SELECT id, name FROM presets WHERE name = :name COLLATE NOCASE',
		{ name },
	);
	if (taken === undefined || taken.id === except) return;
	throw new Failure({
		code: 'preset-name-taken',
		message: said`A preset named “${taken.name}” already exists.`,
		next: [said`Choose another name`, said`Edit “${taken.name}” instead`],
	});
}
