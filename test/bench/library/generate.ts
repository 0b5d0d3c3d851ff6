import { closeDatabase, connect } from '../../../electron/database/connect.ts';
import { connectionOf } from '../../../electron/database/database.ts';
import { defaultMigrationsFolder, migrate, readMigrations } from '../../../electron/database/migrations.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { createWriter, type Writer } from './text.ts';

export interface LibrarySize {
	readonly conversations: number;
	/** Spread evenly over the conversations. */
	readonly messages: number;
}

/** Time of the newest message in every generated library, ms since 1970; nothing is later. */
export const libraryEnds = Date.UTC(2026, 10, 24);

/** Time of deletion, in the future: emptying old trash would change the library during a measurement. */
const neverEmptied = Date.UTC(2100, 0);

const yearMs = 365 * 86_400_000;

/** Share of the conversations in scripts without spaces. */
const unspacedShare = 0.08;

const models = ['SmolLM2 135M Instruct', 'Qwen3 8B', 'Gemma 3 4B'];

const insertConversation = `INSERT INTO conversations (id, title, created_at, updated_at, head_message_id, folder_id,
  archived_at, deleted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
const insertMessage = `INSERT INTO messages (id, conversation_id, parent_id, role, status, content, created_at, completed_at)
  VALUES (?, ?, ?, ?, 'complete', ?, ?, ?)`;
const insertGeneration = `INSERT INTO generations (message_id, model_file_id, model_name, quantization, temperature, top_k,
  top_p, min_p, repeat_penalty, stop, seed, completion_tokens, stop_reason)
  VALUES (?, ?, ?, 'Q4_K_M', 0.7, 40, 0.95, 0.05, 1.1, '[]', 1, 100, 'end')`;
const insertRating = `INSERT INTO feedback (message_id, kind, rating, source, created_at) VALUES (?, 'rating', ?, 'person', ?)`;
const insertModel = `INSERT INTO model_files (id, path, name, size_bytes, modified_at, architecture, parameters, quantization,
  added_at) VALUES (?, ?, ?, 1, 1, 'llama', 1, 'Q4_K_M', 1)`;

/**
 * Generates a database as after years of use: three years of conversations, word frequencies of a natural language, 8 %
 * in Chinese, Japanese or Korean, some branches, tags of every size (`everyday` on one in five, `rare` on a hundred,
 * `once` on one), ten folders, ratings, archive and trash. The same size gives the same content.
 */
export function generateLibrary(
	path: string,
	{ conversations, messages }: LibrarySize,
	note: (line: string) => void,
): void {
	const database = connect(path);
	try {
		migrate(database, readMigrations(defaultMigrationsFolder), 1);
		const connection = connectionOf(database);
		connection.pragma('synchronous = OFF');
		connection.pragma('foreign_keys = OFF');
		connection.pragma('cache_size = -200000');
		// Indexing everything at the end takes a third of the time.
		const triggers = connection
			.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE '%_index_%'")
			.all() as { name: string; sql: string }[];
		for (const { name } of triggers) connection.exec(`DROP TRIGGER ${name}`);
		const fill = connection.transaction(() => fillLibrary(connection, conversations, messages, note));
		fill();
		note('library: building the search index');
		for (const { sql } of triggers) connection.exec(sql);
		connection.exec(`INSERT INTO messages_fts (messages_fts) VALUES ('rebuild')`);
		connection.exec(`INSERT INTO conversations_fts (conversations_fts) VALUES ('rebuild')`);
		connection.exec('ANALYZE');
	} finally {
		closeDatabase(database);
	}
}

type Connection = ReturnType<typeof connectionOf>;

function fillLibrary(
	connection: Connection,
	conversations: number,
	messages: number,
	note: (line: string) => void,
): void {
	const random = seededRandom(20_261_124);
	const writer = createWriter(random);
	for (const [index, name] of models.entries())
		connection.prepare(insertModel).run(index + 1, `/models/${index}.gguf`, name);
	for (let id = 1; id <= 10; id += 1) {
		connection
			.prepare('INSERT INTO folders (id, name, position, created_at) VALUES (?, ?, ?, 1)')
			.run(id, `Folder ${id}`, id);
	}
	for (const [index, name] of ['everyday', 'rare', 'once'].entries()) {
		connection.prepare('INSERT INTO tags (id, name, created_at) VALUES (?, ?, 1)').run(index + 1, name);
	}
	const put = {
		conversation: connection.prepare(insertConversation),
		message: connection.prepare(insertMessage),
		generation: connection.prepare(insertGeneration),
		rating: connection.prepare(insertRating),
		tag: connection.prepare('INSERT INTO conversation_tags (conversation_id, tag_id) VALUES (?, ?)'),
	};
	const each = messages / conversations;
	const step = (3 * yearMs) / messages;
	const rareEvery = Math.max(1, Math.floor(conversations / 100));
	let messageId = 0;
	for (let id = 1; id <= conversations; id += 1) {
		const unspaced = random() < unspacedShare;
		const began = libraryEnds - 3 * yearMs + messageId * step;
		const wanted = Math.round(id * each) - messageId;
		let parent: number | null = null;
		let beforeAnswer: number | null = null;
		let at = began;
		for (let count = 0; count < wanted; count += 1) {
			messageId += 1;
			at += step * 0.9;
			const answers: boolean = count % 2 === 1;
			// One answer in twenty is a second answer to the same question.
			const again: boolean = answers && count > 1 && random() < 0.05;
			if (!answers) beforeAnswer = messageId;
			const words = answers ? 30 + Math.floor(random() ** 2 * 220) : 4 + Math.floor(random() ** 3 * 60);
			const text = unspaced && random() < 0.9 ? writer.unspaced(words) : writer.text(words);
			const above: number | null = answers ? (again ? (beforeAnswer ?? parent) : beforeAnswer) : parent;
			put.message.run(messageId, id, above, answers ? 'assistant' : 'user', text, Math.round(at), Math.round(at));
			if (answers) {
				parent = messageId;
				const model = Math.floor(random() * models.length);
				put.generation.run(messageId, model + 1, models[model]);
				if (random() < 0.01) put.rating.run(messageId, random() < 0.6 ? 'up' : 'down', Math.round(at));
			}
		}
		put.conversation.run(
			id,
			titleOf(writer, unspaced, random),
			Math.round(began),
			Math.round(at),
			messageId,
			random() < 0.1 ? 1 + Math.floor(random() * 10) : null,
			random() < 0.05 ? Math.round(at) : null,
			random() < 0.01 ? neverEmptied : null,
		);
		if (random() < 0.2) put.tag.run(id, 1);
		if (id % rareEvery === 0) put.tag.run(id, 2);
		if (id === Math.ceil(conversations / 10)) put.tag.run(id, 3);
		if (id % 20_000 === 0) note(`library: ${id} of ${conversations} conversations written`);
	}
}

function titleOf(writer: Writer, unspaced: boolean, random: () => number): string {
	const words = 3 + Math.floor(random() * 6);
	return unspaced ? writer.unspaced(words).slice(0, 60) : writer.text(words).replaceAll('\n', ' ').slice(0, 60);
}
