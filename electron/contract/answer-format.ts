import { z } from 'zod';

/** Format that answers must follow: any JSON, or the text of a JSON Schema; unrestricted if omitted. */
export const answerFormatSchema = z.string().min(1).max(200_000).optional();
