import addFormatsModule from 'ajv-formats';

/** ajv-formats is CommonJS with a default export inside; this is the function itself. */
export const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;
