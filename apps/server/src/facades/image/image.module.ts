import { Module } from '@nestjs/common';
import { ImagesController } from './images.controller.js';

/** Needs AuthModule, TokenVerifier, and KNOWN_IMAGES from a global module. */
@Module({ controllers: [ImagesController] })
export class ImageModule {}
