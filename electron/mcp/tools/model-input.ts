import { z } from 'zod';

/** A field that names a model; empty: the default. */
export const modelField = z.string().max(500).default('').describe('Name, id or alias; empty: the default model');
